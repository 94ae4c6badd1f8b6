package cordwood.memory.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The allocator modes on the module path, by name. */
public final class AllocatorModes {

    /** The mode where none was named. */
    public static final String DEFAULT = SmallPool.MODE;

    private AllocatorModes() {}

    /** Every mode, by name in ascending order. */
    public static List<AllocatorMode> all() {
        List<AllocatorMode> modes = new ArrayList<>();
        ServiceLoader.load(AllocatorMode.class).forEach(modes::add);
        modes.sort(Comparator.comparing(AllocatorMode::name));
        return List.copyOf(modes);
    }

    /**
     * The mode of that name or alias.
     *
     * @throws AllocatorUnavailable listing the known ones
     */
    public static AllocatorMode named(String name) {
        List<AllocatorMode> modes = all();
        return modes.stream()
                .filter(mode -> mode.name().equals(name) || mode.aliases().contains(name))
                .findFirst()
                .orElseThrow(() ->
                        new AllocatorUnavailable(
                                "no allocator named '%s': known are %s"
                                        .formatted(name, listed(modes))));
    }

    private static String listed(List<AllocatorMode> modes) {
        return modes.stream().map(AllocatorModes::withAliases).collect(Collectors.joining(", "));
    }

    private static String withAliases(AllocatorMode mode) {
        return mode.aliases().isEmpty()
                ? mode.name()
                : mode.name() + " (" + String.join(", ", mode.aliases()) + ")";
    }
}
