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

/** The store of a contract's test, in a directory of its own, closed after the test. */
@ExtendWith(SeedExtension.class)
abstract class ContractFixture implements ContractChapter {

    @TempDir private Path temporary;

    private StoreUnderTest subject;

    @SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test
    ContractFixture() {}

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
