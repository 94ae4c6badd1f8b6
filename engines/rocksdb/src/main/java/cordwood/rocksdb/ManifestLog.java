package cordwood.rocksdb;

import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which logs RocksDB still needs, told from its manifest: those from the lowest number on that any
 * family names. Shown the manifest's records one after the other, by one thread.
 */
final class ManifestLog {

    /*
     * A record is a sequence of tags and values, numbers as varints, strings with their length
     * before them. Those that are not asked for are passed over; those above SKIPPABLE are made
     * for that. Records of an atomic group count once all of them are there.
     */
    private static final int COMPARATOR = 1;
    private static final int LOG_NUMBER = 2;
    private static final int NEXT_FILE = 3;
    private static final int LAST_SEQUENCE = 4;
    private static final int COMPACT_CURSOR = 5;
    private static final int DELETED_FILE = 6;
    private static final int PREVIOUS_LOG = 9;
    private static final int FIRST_LOG_TO_KEEP = 10;
    private static final int NEW_FILE = 103;
    private static final int END_OF_NEW_FILE = 1;
    private static final int FAMILY = 200;
    private static final int FAMILY_ADDED = 201;
    private static final int FAMILY_DROPPED = 202;
    private static final int FAMILIES_MAX = 203;
    private static final int IN_ATOMIC_GROUP = 300;
    private static final int BLOB_FILE = 400;
    private static final int BLOB_GARBAGE = 401;
    private static final int SKIPPABLE = 1 << 13;

    /** What one record says of logs; -1 where it says nothing. */
    private record Edit(long family, boolean dropped, long logNumber, long firstToKeep) {}

    private final Path manifest;
    private final Map<Long, Long> logNumbers = new HashMap<>();
    private final List<Edit> group = new ArrayList<>();
    private long firstToKeep;

    ManifestLog(Path manifest) {
        this.manifest = manifest;
    }

    /** The number of the first log that is needed; it need not be there. */
    long firstNeeded() {
        long lowest = logNumbers.values().stream().mapToLong(Long::longValue).min().orElse(0);
        return Math.max(firstToKeep, lowest);
    }

    /** Takes in the manifest's next record. */
    void accept(ByteBuffer record) {
        long family = 0;
        boolean dropped = false;
        long logNumber = -1;
        long kept = -1;
        long groupLeft = 0;
        while (record.hasRemaining()) {
            int tag = (int) number(record);
            switch (tag) {
                case LOG_NUMBER -> logNumber = number(record);
                case FIRST_LOG_TO_KEEP -> kept = number(record);
                case FAMILY -> family = number(record);
                case FAMILY_DROPPED -> dropped = true;
                case IN_ATOMIC_GROUP -> groupLeft = number(record);
                default -> skip(record, tag);
            }
        }
        group.add(new Edit(family, dropped, logNumber, kept));
        if (groupLeft == 0) {
            group.forEach(this::apply);
            group.clear();
        }
    }

    private void apply(Edit edit) {
        firstToKeep = Math.max(firstToKeep, edit.firstToKeep);
        if (edit.dropped) {
            logNumbers.remove(edit.family);
        } else if (edit.logNumber >= 0) {
            logNumbers.merge(edit.family, edit.logNumber, Math::max);
        }
    }

    private void skip(ByteBuffer record, int tag) {
        switch (tag) {
            case NEXT_FILE, LAST_SEQUENCE, PREVIOUS_LOG, FAMILIES_MAX -> skipNumbers(record, 1);
            case COMPARATOR, FAMILY_ADDED -> skipStrings(record, 1);
            case DELETED_FILE -> skipNumbers(record, 2);
            case COMPACT_CURSOR -> {
                skipNumbers(record, 1);
                skipStrings(record, 1);
            }
            case NEW_FILE -> {
                skipNumbers(record, 3);
                skipStrings(record, 2);
                skipNumbers(record, 2);
                skipFields(record, END_OF_NEW_FILE);
            }
            case BLOB_FILE -> {
                skipNumbers(record, 3);
                skipStrings(record, 2);
                skipFields(record, 0);
            }
            case BLOB_GARBAGE -> {
                skipNumbers(record, 3);
                skipFields(record, 0);
            }
            default -> {
                if ((tag & SKIPPABLE) == 0) {
                    throw unknown("tag " + tag);
                }
                skipStrings(record, 1);
            }
        }
    }

    private void skipFields(ByteBuffer record, int end) {
        while (number(record) != end) {
            skipStrings(record, 1);
        }
    }

    private void skipNumbers(ByteBuffer record, int count) {
        for (int i = 0; i < count; i++) {
            number(record);
        }
    }

    private void skipStrings(ByteBuffer record, int count) {
        for (int i = 0; i < count; i++) {
            long bytes = number(record);
            if (bytes < 0 || bytes > record.remaining()) {
                throw unknown("a string of %,d bytes".formatted(bytes));
            }
            record.position(record.position() + (int) bytes);
        }
    }

    private long number(ByteBuffer record) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE && record.hasRemaining(); shift += 7) {
            byte part = record.get();
            number |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return number;
            }
        }
        throw unknown("a number without end");
    }

    /** Its checksum held, so this is how it was written. */
    private StoreException.Internal unknown(String what) {
        return new StoreException.Internal(
                "%s: RocksDB has written what is not understood here: %s".formatted(manifest, what),
                Outcome.NOT_APPLIED,
                null);
    }
}
