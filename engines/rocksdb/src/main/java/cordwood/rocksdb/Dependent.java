package cordwood.rocksdb;

/**
 * Something handed out that holds memory of the database: a batch or a cursor. Its calls into
 * native code and {@link #sever} exclude each other.
 */
interface Dependent {

    /** Frees the memory because the store closes; later calls are refused. Idempotent. */
    void sever();
}
