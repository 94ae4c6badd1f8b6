package cordwood.rocksdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A batch in RocksDB's encoding, put together in an array: a header with the count of entries, then
 * the entries. An entry is a tag, the family, a key, and a value or the end of a range; lengths
 * stand before what they measure.
 */
final class BatchBytes {

    static final int HEADER_BYTES = 12;
    static final int VARINT_BYTES_MAX = 5;

    static final byte PUT = 0x05;
    static final byte MERGE = 0x06;
    static final byte DELETE_RANGE = 0x0E;

    private static final int COUNT_OFFSET = 8;

    private byte[] bytes;
    private int length = HEADER_BYTES;
    private int count;

    /** An empty batch, with room for so many bytes. */
    BatchBytes(int bytesExpected) {
        bytes = new byte[Math.max(HEADER_BYTES, bytesExpected)];
    }

    /** Entries that an encoded batch says it has. */
    static int countOf(byte[] batch) {
        return ByteBuffer.wrap(batch).order(ByteOrder.LITTLE_ENDIAN).getInt(COUNT_OFFSET);
    }

    int count() {
        return count;
    }

    /** Adds all entries of a batch. */
    void addAll(EncodedEntries entries) {
        reserve(entries.length());
        entries.copyTo(bytes, length);
        length += entries.length();
        count = Math.addExact(count, entries.count());
    }

    /** Adds one entry, of which {@code batch} holds the encoding. */
    void add(byte[] batch, int offset, int entryBytes) {
        append(batch, offset, entryBytes);
        count++;
    }

    void merge(int familyId, byte[] key, byte[] value) {
        add(MERGE, familyId, key, value);
    }

    void deleteRange(int familyId, byte[] begin, byte[] end) {
        add(DELETE_RANGE, familyId, begin, end);
    }

    private void add(byte tag, int familyId, byte[] first, byte[] second) {
        reserve(1 + VARINT_BYTES_MAX);
        bytes[length++] = tag;
        varint(familyId);
        string(first);
        string(second);
        count++;
    }

    private void string(byte[] content) {
        reserve(VARINT_BYTES_MAX);
        varint(content.length);
        append(content, 0, content.length);
    }

    private void varint(int number) {
        int rest = number;
        while ((rest & ~0x7F) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    private void append(byte[] source, int offset, int byteCount) {
        reserve(byteCount);
        System.arraycopy(source, offset, bytes, length, byteCount);
        length += byteCount;
    }

    private void reserve(int byteCount) {
        int needed = Math.addExact(length, byteCount);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + bytes.length / 2));
        }
    }

    /** The whole encoding; nothing can be added afterwards. */
    byte[] finished() {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(COUNT_OFFSET, count);
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
