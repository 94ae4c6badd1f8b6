package cordwood.bench.read;

import cordwood.store.Cursor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A walk that is not over the records that are there. */
final class LyingCursor implements Cursor {

    /** What is wrong with it. */
    enum Lie {
        /** It ends at once. */
        NOTHING,
        /** It passes over the second record. */
        SKIPPED,
        /** The second record has the position after its own. */
        MISPLACED,
        /** A byte of the second record is another. */
        FLIPPED,
        /** The second record has the bytes of the first. */
        REPEATED,
        /** The second record lacks its last byte. */
        CUT
    }

    private final Cursor cursor;
    private final Lie lie;
    private byte[] firstValue = new byte[0];
    private int count;

    LyingCursor(Cursor cursor, Lie lie) {
        this.cursor = cursor;
        this.lie = lie;
    }

    @Override
    public boolean next() {
        if (lie == Lie.NOTHING || !cursor.next()) {
            return false;
        }
        count++;
        if (count == 1) {
            firstValue = cursor.value().toArray(ValueLayout.JAVA_BYTE);
        }
        return count != 2 || lie != Lie.SKIPPED || cursor.next();
    }

    @Override
    public long position() {
        long position = cursor.position();
        return count == 2 && lie == Lie.MISPLACED ? position + 1 : position;
    }

    @Override
    public MemorySegment value() {
        MemorySegment value = cursor.value();
        if (count != 2) {
            return value;
        }
        byte[] bytes = value.toArray(ValueLayout.JAVA_BYTE);
        return switch (lie) {
            case FLIPPED -> {
                bytes[bytes.length - 1] ^= 1;
                yield MemorySegment.ofArray(bytes);
            }
            case REPEATED -> MemorySegment.ofArray(firstValue);
            case CUT -> value.asSlice(0, value.byteSize() - 1);
            case NOTHING, SKIPPED, MISPLACED -> value;
        };
    }

    @Override
    public void close() {
        cursor.close();
    }
}
