package cordwood.rocksdb;

import cordwood.files.Disk;
import cordwood.store.GroupCommitter;
import cordwood.store.StepExecutor;
import java.nio.file.Path;
import java.util.function.BiFunction;

/** A database with a committer above it, put together by hand and closed in order. */
record OpenParts(
        StoreDirectory directory, Database database, Upkeep upkeep, GroupCommitter committer)
        implements AutoCloseable {

    static final GroupCommitter.Limits LIMITS = GroupCommitter.Limits.forInFlightBytes(64 << 20);

    static OpenParts at(Path path, RocksOptions options) {
        return on(Disk.real(), path, options, LIMITS);
    }

    /** The same on another disk, with other limits. */
    static OpenParts on(Disk disk, Path path, RocksOptions options, GroupCommitter.Limits limits) {
        return on(
                disk,
                path,
                options,
                limits,
                StepExecutor.virtualThreads(),
                (database, upkeep) -> Fixtures.writer(database, database, options, upkeep));
    }

    /** The same with other steps and another writer. */
    static OpenParts on(
            Disk disk,
            Path path,
            RocksOptions options,
            GroupCommitter.Limits limits,
            StepExecutor steps,
            BiFunction<Database, Upkeep, RocksGroupWriter> writers) {
        StoreDirectory directory = StoreDirectory.claim(disk, path, null, false);
        Database database = Fixtures.database(directory, options);
        Upkeep upkeep = Upkeep.of(database, directory, options);
        GroupCommitter committer =
                new GroupCommitter("test", writers.apply(database, upkeep), limits, steps);
        return new OpenParts(directory, database, upkeep, committer);
    }

    @Override
    public void close() {
        committer.close();
        upkeep.close();
        database.close();
        directory.close();
    }
}
