package cordwood.testkit.contract;

import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreOptions;
import cordwood.store.StreamStore;
import cordwood.testkit.SeedExtension;
import cordwood.testkit.StoreUnderTest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of a store, chapter by chapter; every engine's test extends it. An engine gives its
 * provider; one whose data is not in a directory also overrides {@link #open(Path)} and {@link
 * #persists()}.
 */
@ExtendWith(SeedExtension.class)
public abstract class StreamStoreContract
        implements ReadChapter,
                TrimChapter,
                AttributeChapter,
                StreamListChapter,
                BatchChapter,
                LimitsChapter,
                CommitChapter,
                AdmissionChapter,
                ConcurrencyChapter,
                CloseChapter,
                ReopenChapter,
                ProviderChapter {

    @TempDir private Path temporary;

    private StoreUnderTest subject;

    /** For engines' tests. */
    @SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test
    protected StreamStoreContract() {}

    @BeforeEach
    final void nameSubject() {
        subject = new StoreUnderTest(() -> open(directory()));
    }

    @AfterEach
    final void closeSubject() {
        subject.close();
    }

    @Override
    public final StoreUnderTest subject() {
        return subject;
    }

    @Override
    public final Path directory() {
        return temporary.resolve("store");
    }

    @Override
    public StreamStore open(Path directory) {
        return provider().open(StoreOptions.in(directory));
    }

    @Override
    public StreamStore open(Path directory, GroupCommitter.Limits limits, StepExecutor steps) {
        return Assumptions.abort("this engine's committer cannot be bounded by a test");
    }

    @Override
    public boolean persists() {
        return true;
    }
}
