package cordwood.cli;

import cordwood.bench.json.JsonObject;
import cordwood.lsm.inspect.Loss;
import cordwood.lsm.inspect.LsmInspection;
import cordwood.lsm.inspect.SalvageReport;
import cordwood.lsm.inspect.SalvagedPart;
import java.nio.file.Path;

/** What {@code verify --salvage} does and prints. */
final class Salvage {

    private final Session session;
    private final Path store;
    private final Path target;

    Salvage(Session session, Path store, Path target) {
        this.session = session;
        this.store = store;
        this.target = target;
    }

    int run(LsmInspection inspection, ResultFlag result) {
        SalvageReport report = inspection.salvage(store, target, this::print);
        int exit = conclude(report);
        result.write(
                result.head("salvage")
                        .put("store", store.toString())
                        .put("target", target.toString())
                        .put("complete", report.complete())
                        .put("whole", report.isWhole())
                        .put("saved_records", report.savedRecords())
                        .put("parts", report.parts().stream().map(Salvage::json).toList()));
        return exit;
    }

    private void print(SalvagedPart part) {
        session.out()
                .printf(
                        "%-22s  %,d records saved, %s%n",
                        part.name(), part.savedRecords(), missing(part));
        part.losses().forEach(loss -> session.out().println("    missing: " + text(loss)));
    }

    private static String missing(SalvagedPart part) {
        return part.missingRecords() == SalvagedPart.UNKNOWN
                ? "nobody can say how many are missing"
                : "%,d missing".formatted(part.missingRecords());
    }

    private static String text(Loss loss) {
        return loss.fromOffset() < 0
                ? loss.what()
                : loss.toOffset() < 0
                        ? "%s (from offset %d on)".formatted(loss.what(), loss.fromOffset())
                        : "%s (offsets %d to %d)"
                                .formatted(loss.what(), loss.fromOffset(), loss.toOffset());
    }

    private int conclude(SalvageReport report) {
        if (!report.complete()) {
            session.out().println("stopped before the end: nothing was saved");
            return ExitCode.FAILED;
        }
        session.out().printf("saved %,d records in %s%n", report.savedRecords(), target);
        if (report.isWhole()) {
            return ExitCode.DONE;
        }
        session.err()
                .printf(
                        "cordwood: %s is damaged: what is listed as missing is not in %s%n",
                        store, target);
        return ExitCode.FAILED;
    }

    private static JsonObject json(SalvagedPart part) {
        boolean isKnown = part.missingRecords() != SalvagedPart.UNKNOWN;
        return new JsonObject()
                .put("part", part.name())
                .put("saved_records", part.savedRecords())
                .put("missing_records", isKnown ? (Long) part.missingRecords() : null)
                .put("losses", part.losses().stream().map(Salvage::json).toList());
    }

    private static JsonObject json(Loss loss) {
        return new JsonObject()
                .put("file", loss.file().toString())
                .put("from_offset", loss.fromOffset())
                .put("to_offset", loss.toOffset())
                .put("what", loss.what());
    }
}
