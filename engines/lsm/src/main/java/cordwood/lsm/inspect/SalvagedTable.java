package cordwood.lsm.inspect;

import cordwood.lsm.format.RecordKind;
import cordwood.lsm.format.StreamKey;
import cordwood.lsm.format.Stretch;
import cordwood.lsm.format.StretchRecords;
import cordwood.lsm.table.TableSalvage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands on what is found of one table, and says between which records something is missing: they
 * are in order of key and position. Used once.
 */
final class SalvagedTable implements TableSalvage.Visitor {

    private record Gap(long fromOffset, long toOffset, String after) {}

    private final Path path;
    private final SalvageTarget target;
    private final String exception;
    private final long recordsBefore;

    private final List<Gap> open = new ArrayList<>(); // until the next record
    private final List<Loss> losses = new ArrayList<>();
    private String last = "the start";

    /**
     * A table of which nothing was saved yet.
     *
     * @param isLogSaved whether of what is missing the log may have had something
     */
    SalvagedTable(Path path, SalvageTarget target, boolean isLogSaved) {
        this.path = path;
        this.target = target;
        this.exception = isLogSaved ? ", but for what the log still had" : "";
        this.recordsBefore = target.records();
    }

    @Override
    public void stretch(StreamKey key, StretchRecords records) {
        close(place(key, records.position(0)));
        target.add(key, records);
        last = place(key, records.position(records.count() - 1));
    }

    private static String place(StreamKey key, long position) {
        String stream = "space %d stream %d".formatted(key.space(), key.stream());
        if (key.kind() == RecordKind.RECORDS) {
            return "%s position %d".formatted(stream, position);
        }
        return position == Stretch.TRIM_POINT_ID
                ? stream + " trim point"
                : "%s attribute %d".formatted(stream, position);
    }

    @Override
    public void lost(long fromOffset, long toOffset) {
        open.add(new Gap(fromOffset, toOffset, last));
    }

    private void close(String before) {
        for (Gap gap : open) {
            losses.add(
                    new Loss(
                            path,
                            gap.fromOffset(),
                            gap.toOffset(),
                            "what was between %s and %s%s"
                                    .formatted(gap.after(), before, exception)));
        }
        open.clear();
    }

    /** What became of a table of which nothing can be had. */
    SalvagedPart whole(String why) {
        Loss loss = new Loss(path, -1, -1, "the whole table" + exception + ": " + why);
        return new SalvagedPart(
                String.valueOf(path.getFileName()),
                target.records() - recordsBefore,
                SalvagedPart.UNKNOWN,
                List.of(loss));
    }

    /**
     * What became of the table. Where its footer tells that all records are there, only what leads
     * to them is lost, and that is no loss; without one nobody knows that the last record is.
     */
    SalvagedPart part(TableSalvage.@Nullable Totals totals) {
        close("the end");
        long saved = target.records() - recordsBefore;
        if (totals == null && losses.isEmpty()) {
            losses.add(new Loss(path, -1, -1, "maybe what was behind " + last + ": no footer"));
        }
        long missing =
                totals == null ? SalvagedPart.UNKNOWN : Math.max(0, totals.recordCount() - saved);
        return new SalvagedPart(
                String.valueOf(path.getFileName()),
                saved,
                missing,
                missing == 0 ? List.of() : losses);
    }
}
