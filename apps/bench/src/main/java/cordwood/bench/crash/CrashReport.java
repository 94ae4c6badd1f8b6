package cordwood.bench.crash;

import cordwood.store.Durability;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a number of kills.
 *
 * @param store the engine's name
 * @param directory where the data lies
 * @param survivor the level whose acknowledgements were to hold
 * @param seed of everything random
 * @param cycles kills after which everything was compared
 * @param voidCycles kills that came before enough was acknowledged, not counted among {@code
 *     cycles} but compared all the same
 * @param startKills kills in the middle of opening
 * @param written receipts for records acknowledged as written
 * @param durable receipts for records acknowledged as durable
 * @param trims receipts for trims
 * @param recordsCompared records read back and compared
 * @param surplusRecords records found that nobody had been told of
 * @param openMillisMax the longest reopen
 * @param failure why it ended early; null where it did not
 * @param violations broken promises, in words; empty when all were kept
 */
public record CrashReport(
        String store,
        Path directory,
        Durability survivor,
        long seed,
        int cycles,
        int voidCycles,
        int startKills,
        long written,
        long durable,
        long trims,
        long recordsCompared,
        long surplusRecords,
        long openMillisMax,
        @Nullable String failure,
        List<String> violations) {}
