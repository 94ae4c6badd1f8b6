package cordwood.testkit.disk;

/** The calls of {@link cordwood.files.Disk}, its files and its locks, by name. */
public enum DiskOperation {
    CREATE(true),
    OPEN(false),
    EXISTS(false),
    LIST(false),
    CREATE_DIRECTORIES(true),
    RENAME(true),
    LINK(true),
    DELETE(true),
    SYNC_DIRECTORY(true),
    USABLE_BYTES(false),
    LOCK(false),
    UNLOCK(false),
    WRITE(true),
    READ(false),
    SYNC(true),
    SIZE(false),
    PREALLOCATE(true),
    TRUNCATE(true),
    CLOSE(false);

    private final boolean changing;

    DiskOperation(boolean changing) {
        this.changing = changing;
    }

    /** Whether it can change what is found after a power loss. */
    public boolean isChanging() {
        return changing;
    }
}
