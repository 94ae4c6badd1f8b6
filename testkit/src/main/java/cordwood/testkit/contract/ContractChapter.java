package cordwood.testkit.contract;

import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import cordwood.store.StoreProvider;
import cordwood.store.StreamStore;
import cordwood.testkit.StoreUnderTest;
import java.nio.file.Path;

/** What a chapter of the contract needs of the engine under test. */
public interface ContractChapter {

    /** The store of this test, fresh at its start and closed after it. */
    StoreUnderTest subject();

    /** The directory that {@link #subject} lives in, missing until it is first opened. */
    Path directory();

    /** The engine. */
    StoreProvider provider();

    /** Opens or reopens the store in a directory. */
    StreamStore open(Path directory);

    /**
     * Opens or reopens the store in a directory, with a committer bounded and run as given; aborts
     * the test where the engine has no such way.
     */
    StreamStore open(Path directory, GroupCommitter.Limits limits, StepExecutor steps);

    /** Whether the data is in the directory, so that the provider finds it again. */
    boolean persists();
}
