package cordwood.bench.payload;

import cordwood.loglet.Keys;
import cordwood.loglet.LogRecord;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds one pool. Confined to one thread. */
final class PayloadPoolBuilder {

    private final long heapBytesMax;
    private final long createdAtNanos;
    private final List<List<LogRecord>> batches = new ArrayList<>();

    PayloadPoolBuilder(long heapBytesMax, long createdAtNanos) {
        this.heapBytesMax = heapBytesMax;
        this.createdAtNanos = createdAtNanos;
    }

    PayloadPool build(PayloadSource source) {
        return switch (source) {
            case PayloadSource.Generated generated -> generate(generated.spec());
            case PayloadSource.FromFile file -> read(file);
            case PayloadSource.FromLines lines -> readLines(lines);
        };
    }

    private PayloadPool generate(PayloadSpec spec) {
        PayloadGenerator generator = new PayloadGenerator(spec);
        int bodyBytes = spec.bodyBytes();
        long batchCount = affordable(spec.recordsPerBatch(), bodyBytes, PayloadPool.BATCHES_MAX);
        for (long i = 0; i < batchCount; i++) {
            byte[] bodies = new byte[Math.toIntExact(spec.batchBodyBytes())];
            MemorySegment all = MemorySegment.ofArray(bodies);
            List<LogRecord> batch = new ArrayList<>(spec.recordsPerBatch());
            for (int j = 0; j < spec.recordsPerBatch(); j++) {
                generator.nextKeys();
                int offset = j * bodyBytes;
                generator.nextBody(bodies, offset);
                batch.add(
                        record(
                                spec.keyStyle(),
                                generator.firstKey(),
                                generator.secondKey(),
                                all.asSlice(offset, bodyBytes)));
            }
            batches.add(List.copyOf(batch));
        }
        return finish("generated", spec.entropy(), spec.keyStyle(), spec.seed(), "");
    }

    private PayloadPool read(PayloadSource.FromFile source) {
        try (PayloadFileReader reader =
                PayloadFileReader.open(source.file(), source.recordsPerBatch())) {
            PayloadFileHeader header = reader.header();
            int recordCount = source.recordsPerBatch();
            int recordBytes = Math.toIntExact(header.recordBytes());
            long batchCount = affordable(recordCount, recordBytes, header.batchCount());
            for (long i = 0; i < batchCount; i++) {
                byte[] stored = new byte[recordCount * recordBytes];
                long offsetBytes = reader.offsetBytes();
                reader.readBatch(stored);
                requireOrderedRanges(header, stored, offsetBytes, source.file());
                batches.add(decode(header, stored, recordCount, recordBytes));
            }
            String note =
                    batchCount < header.batchCount()
                            ? "the first %d of the file's %d batches fit the memory budget"
                                    .formatted(batchCount, header.batchCount())
                            : "";
            return finish("file", Double.NaN, header.keyStyle(), header.seed(), note);
        }
    }

    private static void requireOrderedRanges(
            PayloadFileHeader header, byte[] stored, long offsetBytes, Path file) {
        if (header.keyStyle() != KeyStyle.RANGE) {
            return;
        }
        ByteBuffer keys = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        int recordBytes = Math.toIntExact(header.recordBytes());
        for (int at = 0; at < stored.length; at += recordBytes) {
            long low = keys.getLong(at);
            long high = keys.getLong(at + Long.BYTES);
            if (Long.compareUnsigned(low, high) > 0) {
                throw PayloadFileHeader.refused(
                        file,
                        offsetBytes + at,
                        "the key range from %s to %s is empty"
                                .formatted(
                                        Long.toUnsignedString(low), Long.toUnsignedString(high)));
            }
        }
    }

    private List<LogRecord> decode(
            PayloadFileHeader header, byte[] stored, int recordCount, int recordBytes) {
        MemorySegment all = MemorySegment.ofArray(stored);
        ByteBuffer keys = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        KeyStyle style = header.keyStyle();
        List<LogRecord> batch = new ArrayList<>(recordCount);
        for (int j = 0; j < recordCount; j++) {
            int offset = j * recordBytes;
            long first = style.keyCount() > 0 ? keys.getLong(offset) : 0;
            long second = style.keyCount() > 1 ? keys.getLong(offset + Long.BYTES) : 0;
            MemorySegment body = all.asSlice(offset + style.keyBytes(), header.bodyBytes());
            batch.add(record(style, first, second, body));
        }
        return List.copyOf(batch);
    }

    private PayloadPool readLines(PayloadSource.FromLines source) {
        List<LogRecord> records = new ArrayList<>();
        PayloadGenerator keys =
                new PayloadGenerator(new PayloadSpec(0, 0, source.keyStyle(), source.seed(), 1));
        String note;
        try (LineReader reader = LineReader.open(source.file())) {
            long heapBytes = 0;
            byte[] line = reader.next();
            while (line != null && (heapBytes < heapBytesMax || records.isEmpty())) {
                keys.nextKeys();
                heapBytes += line.length + PayloadPool.RECORD_OVERHEAD_BYTES;
                records.add(
                        record(
                                source.keyStyle(),
                                keys.firstKey(),
                                keys.secondKey(),
                                MemorySegment.ofArray(line)));
                line = reader.next();
            }
            note =
                    line == null
                            ? "%d lines".formatted(records.size())
                            : "the first %d lines fit the memory budget".formatted(records.size());
        }
        cut(records, source.recordsPerBatch());
        return finish("input", Double.NaN, source.keyStyle(), source.seed(), note);
    }

    /** Cuts lines into whole batches; the last one is filled up from the first line on. */
    private void cut(List<LogRecord> records, int recordsPerBatch) {
        for (int from = 0; from < records.size(); from += recordsPerBatch) {
            List<LogRecord> batch = new ArrayList<>(recordsPerBatch);
            for (int j = 0; j < recordsPerBatch; j++) {
                batch.add(records.get((from + j) % records.size()));
            }
            PayloadSpec.requireBatchFits(
                    recordsPerBatch, Math.ceilDiv(PayloadPool.bodyBytes(batch), recordsPerBatch));
            batches.add(List.copyOf(batch));
        }
    }

    private LogRecord record(KeyStyle style, long first, long second, MemorySegment body) {
        Keys keys =
                switch (style) {
                    case NONE -> Keys.NONE;
                    case SINGLE -> new Keys.Single(first);
                    case PAIR -> new Keys.Pair(first, second);
                    case RANGE -> new Keys.Range(first, second);
                };
        return new LogRecord(createdAtNanos, keys, body.asReadOnly());
    }

    private long affordable(long recordsPerBatch, long recordBytes, long wanted) {
        long batchHeapBytes = recordsPerBatch * (recordBytes + PayloadPool.RECORD_OVERHEAD_BYTES);
        long most = Math.min(wanted, PayloadPool.BATCHES_MAX);
        return Math.clamp(heapBytesMax / batchHeapBytes, 1, most);
    }

    private PayloadPool finish(
            String kind, double entropy, KeyStyle keyStyle, long seed, String note) {
        long bodyBytes = 0;
        for (List<LogRecord> batch : batches) {
            bodyBytes += PayloadPool.bodyBytes(batch);
        }
        int recordsPerBatch = batches.getFirst().size();
        return new PayloadPool(
                batches,
                new PayloadSummary(
                        kind,
                        (double) bodyBytes / ((long) batches.size() * recordsPerBatch),
                        entropy,
                        keyStyle,
                        seed,
                        recordsPerBatch,
                        batches.size(),
                        PayloadPool.checksum(batches),
                        note));
    }
}
