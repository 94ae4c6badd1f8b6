package cordwood.baseline;

import cordwood.store.StoreLimits;
import cordwood.store.WriteBatch;

/** A batch that knows which store made it. */
abstract sealed class BaselineBatch extends WriteBatch permits ModelBatch, NoopBatch, RawFileBatch {

    private static final int OPERATION_BYTES = 64;

    private final BaselineStore owner;

    BaselineBatch(BaselineStore owner) {
        super(StoreLimits.LOCAL);
        this.owner = owner;
    }

    final boolean isOf(BaselineStore store) {
        return owner == store;
    }

    @Override
    protected final long footprintBytes() {
        return valueBytes() + (long) OPERATION_BYTES * operationCount();
    }
}
