package cordwood.bench.payload;

import java.nio.file.Path;

/** Where the records of a workload come from. */
public sealed interface PayloadSource {

    /** Records in one batch. */
    int recordsPerBatch();

    /** The same, read from where it is now, whatever directory somebody reads it in. */
    default PayloadSource atAbsolutePath() {
        return switch (this) {
            case Generated generated -> generated;
            case FromFile(Path file, int recordsPerBatch) ->
                    new FromFile(file.toAbsolutePath(), recordsPerBatch);
            case FromLines(Path file, int recordsPerBatch, KeyStyle keyStyle, long seed) ->
                    new FromLines(file.toAbsolutePath(), recordsPerBatch, keyStyle, seed);
        };
    }

    /** Made up from a spec. */
    record Generated(PayloadSpec spec) implements PayloadSource {
        @Override
        public int recordsPerBatch() {
            return spec.recordsPerBatch();
        }
    }

    /** Read from a payload file, whose batches must hold {@code recordsPerBatch} records. */
    record FromFile(Path file, int recordsPerBatch) implements PayloadSource {}

    /**
     * Bodies are the lines of a text file: its bytes between line ends, whatever their encoding. A
     * line ends with LF or CR LF, neither is part of the body; an empty line is an empty body; what
     * follows the last line end counts only when it is not empty.
     *
     * @param keyStyle which keys each record carries, drawn from {@code seed}
     */
    record FromLines(Path file, int recordsPerBatch, KeyStyle keyStyle, long seed)
            implements PayloadSource {
        /** Checks the batch's record count. */
        public FromLines {
            PayloadSpec.requireBatchFits(recordsPerBatch, 0);
        }
    }
}
