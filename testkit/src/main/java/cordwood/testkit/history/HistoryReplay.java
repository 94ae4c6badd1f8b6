package cordwood.testkit.history;

import cordwood.store.Commit;
import cordwood.store.Cursor;
import cordwood.store.LocalStore;
import cordwood.store.StoreException;
import cordwood.store.WriteBatch;
import cordwood.testkit.Bytes;
import cordwood.testkit.StoreUnderTest;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Does steps to a store and says, as text, what was observed. Confined to one thread. */
public final class HistoryReplay implements AutoCloseable {

    private final StoreUnderTest subject;
    private final List<Commit> underWay = new ArrayList<>();

    /** Replays on {@code subject}, which is closed with the replay. */
    public HistoryReplay(StoreUnderTest subject) {
        this.subject = subject;
    }

    /** Does one step. Writes are not waited for until the next step of another kind. */
    public String run(HistoryStep step) {
        try {
            if (step instanceof HistoryStep.Write write) {
                return write(write);
            }
            settle();
            return observe(step);
        } catch (StoreException e) {
            return e.getClass().getSimpleName();
        }
    }

    private String write(HistoryStep.Write write) {
        WriteBatch batch = subject.newBatch();
        write.entries().forEach(entry -> entry.addTo(batch));
        underWay.add(subject.store().append(batch, write.level()));
        return "appended";
    }

    private void settle() {
        List<Commit> commits = List.copyOf(underWay);
        underWay.clear();
        commits.forEach(subject::await);
    }

    private String observe(HistoryStep step) {
        return switch (step) {
            case HistoryStep.Write _ -> throw new IllegalArgumentException("not an observation");
            case HistoryStep.Read read -> read(read);
            case HistoryStep.Bounds bounds ->
                    subject.store().bounds(bounds.space(), bounds.stream()).toString();
            case HistoryStep.Attribute attribute ->
                    text(
                            subject.store()
                                    .attribute(
                                            attribute.space(), attribute.stream(), attribute.id()));
            case HistoryStep.Streams streams -> {
                List<Long> found = subject.streams(streams.space());
                Collections.sort(found);
                yield found.toString();
            }
            case HistoryStep.Flush _ -> {
                if (subject.store() instanceof LocalStore local) {
                    local.flush();
                }
                yield "flushed";
            }
            case HistoryStep.Compact _ -> {
                if (subject.store() instanceof LocalStore local) {
                    local.compact();
                }
                yield "compacted";
            }
            case HistoryStep.Reopen _ -> {
                subject.reopen();
                yield "reopened";
            }
        };
    }

    private String read(HistoryStep.Read read) {
        StringBuilder seen = new StringBuilder();
        try (Cursor cursor =
                subject.store()
                        .read(read.space(), read.stream(), read.from(), read.to(), read.order())) {
            while (cursor.next()) {
                seen.append(cursor.position()).append('=');
                seen.append(text(cursor.value())).append(' ');
            }
        }
        return seen.toString();
    }

    private static String text(@Nullable MemorySegment value) {
        if (value == null) {
            return "never set";
        }
        CRC32 checksum = new CRC32();
        checksum.update(Bytes.array(value));
        return "%d bytes #%08x".formatted(value.byteSize(), checksum.getValue());
    }

    @Override
    public void close() {
        subject.close();
    }
}
