package cordwood.testkit.contract;

/**
 * The contract of a store, chapter by chapter; every engine's test extends it. An engine gives its
 * provider; one whose data is not in a directory also overrides {@link #open(java.nio.file.Path)}
 * and {@link #persists()}.
 */
public abstract class StreamStoreContract extends ContractFixture
        implements ReadChapter,
                TrimChapter,
                AttributeChapter,
                StreamListChapter,
                BatchChapter,
                CarelessChapter,
                LimitsChapter,
                CommitChapter,
                AdmissionChapter,
                ConcurrencyChapter,
                CloseChapter,
                ReopenChapter,
                ProviderChapter {

    /** For engines' tests. */
    protected StreamStoreContract() {}
}
