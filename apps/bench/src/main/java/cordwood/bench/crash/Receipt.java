package cordwood.bench.crash;

import cordwood.store.Commit;
import cordwood.store.Durability;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the writing process tells through the pipe; a kill may cut the last one short.
 *
 * @param kind what was acknowledged, or is about to be done
 * @param stream of which stream; 0 where none
 * @param position up to which position; 0 where none
 * @param sequence of the commit that was acknowledged; 0 where none
 */
record Receipt(Kind kind, long stream, long position, long sequence) {

    /** What a receipt is for; the codes are what travels. */
    enum Kind {
        /** The store is open and writing begins. */
        READY('R'),
        /** Records up to a position, and no others, may be put from now on. */
        PUTS_AHEAD('p'),
        /** A trim may be done from now on. */
        TRIM_AHEAD('t'),
        /** Records up to a position are written. */
        WRITTEN('W'),
        /** Records up to a position are durable. */
        DURABLE('D'),
        /** A trim is done, and durable at any level. */
        TRIMMED('T');

        private final char code;

        Kind(char code) {
            this.code = code;
        }

        static Kind ofPuts(Durability level) {
            return level == Durability.DURABLE ? DURABLE : WRITTEN;
        }
    }

    static final Receipt READY = new Receipt(Kind.READY, 0, 0);

    /** One that acknowledges nothing yet. */
    Receipt(Kind kind, long stream, long position) {
        this(kind, stream, position, 0);
    }

    /** The same for the commit that it was waiting for. */
    Receipt of(Commit commit) {
        return new Receipt(kind, stream, position, commit.sequence());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeByte(kind.code);
        out.writeLong(stream);
        out.writeLong(position);
        out.writeLong(sequence);
    }

    /** The next whole receipt; null where the pipe ends, in the middle of one perhaps. */
    static @Nullable Receipt read(DataInputStream in) throws IOException {
        try {
            int code = in.readByte();
            long stream = in.readLong();
            long position = in.readLong();
            long sequence = in.readLong();
            for (Kind kind : Kind.values()) {
                if (kind.code == code && KillPlan.hasStream(stream)) {
                    return new Receipt(kind, stream, position, sequence);
                }
            }
            throw new IOException("the writing process printed something else than receipts");
        } catch (EOFException e) {
            return null;
        }
    }
}
