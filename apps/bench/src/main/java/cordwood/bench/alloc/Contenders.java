package cordwood.bench.alloc;

import cordwood.bench.BenchException;
import cordwood.memory.pool.AllocatorMode;
import cordwood.memory.pool.AllocatorModes;
import cordwood.memory.pool.AllocatorUnavailable;
import cordwood.memory.pool.SmallPool;
import cordwood.store.NearestName;
import java.util.ArrayList;
import java.util.List;

/** Everything that can be measured, by name. */
final class Contenders {

    /** Added to the name of a mode whose library is called directly. */
    static final String BARE = "-bare";

    /** Added to the name of the pool when no thread has a shard of its own. */
    static final String CLAIMED = "-claimed";

    static final String ARENA = "arena";
    static final String NETTY_POOLED = "netty-pooled";
    static final String NETTY_ADAPTIVE = "netty-adaptive";

    private Contenders() {}

    /** Every contender, the default mode first. */
    static List<Contender> all() {
        List<Contender> all = new ArrayList<>();
        List<AllocatorMode> modes = new ArrayList<>(AllocatorModes.all());
        modes.sort((a, b) ->
                Boolean.compare(b.name().equals(SmallPool.MODE), a.name().equals(SmallPool.MODE)));
        for (AllocatorMode mode : modes) {
            all.add(new ModeContender(mode, false));
            all.add(
                    mode.name().equals(SmallPool.MODE)
                            ? new ModeContender(mode, true)
                            : new BareContender(mode));
        }
        all.add(new ArenaContender());
        all.add(new NettyContender(NETTY_POOLED));
        all.add(new NettyContender(NETTY_ADAPTIVE));
        return all;
    }

    /** The contender of that name; a mode's aliases will do too. */
    static Contender named(String name) {
        List<Contender> all = all();
        String wanted = modeName(name);
        return all.stream()
                .filter(contender -> contender.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> known = all.stream().map(Contender::name).toList();
                    return BenchException.usage(
                            "--allocator: no allocator named '%s' is measured: %s; known are %s"
                                    .formatted(
                                            name,
                                            NearestName.hint(name, known),
                                            String.join(", ", known)));
                });
    }

    private static String modeName(String name) {
        try {
            return AllocatorModes.named(name).name();
        } catch (AllocatorUnavailable noMode) {
            return name;
        }
    }
}
