package cordwood.memory.nativemodes;

import cordwood.memory.pool.AllocatorUnavailable;
import java.util.function.Supplier;

/** The permission to call native code. */
final class NativeAccess {

    private NativeAccess() {}

    /** Runs what needs it; says how to grant it where it is not granted. */
    static <T> T granted(Supplier<T> work) {
        requireGranted();
        return work.get();
    }

    private static void requireGranted() {
        Module module = NativeAccess.class.getModule();
        String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        if (!module.isNativeAccessEnabled()) {
            throw new AllocatorUnavailable(
                    "native access is not granted: start java with --enable-native-access=" + name);
        }
    }
}
