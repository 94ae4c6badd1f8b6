package cordwood.lsm.wal;

/**
 * What lies behind the end of a log.
 *
 * @param syncedPosition the highest position that anything found promises to have been synced
 * @param framesBytes bytes of the intact heads and their extents that were found
 */
record Beyond(long syncedPosition, long framesBytes) {

    static final Beyond NOTHING = new Beyond(Long.MIN_VALUE, 0);

    Beyond with(long promisedPosition, long bytes) {
        return new Beyond(Math.max(syncedPosition, promisedPosition), framesBytes + bytes);
    }
}
