package cordwood.memory.fault;

import java.util.Set;

/** What calls into the JDK do that matters here. */
final class KnownCalls {

    private static final Set<String> WAITING =
            Set.of(
                    "park",
                    "parkNanos",
                    "parkUntil",
                    "wait",
                    "await",
                    "awaitNanos",
                    "acquire",
                    "tryAcquire",
                    "take",
                    "sleep");

    private static final Set<String> ALLOCATING =
            Set.of(
                    "add",
                    "addLast",
                    "addFirst",
                    "addSuppressed",
                    "asSlice",
                    "asReadOnly",
                    "asByteBuffer",
                    "clone",
                    "computeIfAbsent",
                    "copyOf",
                    "copyOfRange",
                    "formatted",
                    "iterator",
                    "ofShared",
                    "ofConfined",
                    "offer",
                    "push",
                    "put",
                    "reinterpret",
                    "sort",
                    "stream",
                    "toArray",
                    "valueOf",
                    "values");

    private KnownCalls() {}

    static boolean allocates(String owner, String name) {
        return owner.startsWith("java/")
                && !owner.startsWith("java/util/concurrent/atomic/")
                && ALLOCATING.contains(name);
    }

    static boolean waits(String owner, String name) {
        return owner.startsWith("java/") && WAITING.contains(name);
    }

    static boolean maps(String owner, String name) {
        return owner.equals("java/lang/foreign/Arena") && name.equals("allocate");
    }
}
