package cordwood.memory.nativemodes;

import cordwood.memory.pool.AllocatorUnavailable;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/** Handles to C functions of addresses and sizes, all as {@code long}. */
@SuppressWarnings("restricted") // what this room is for
final class Downcalls {

    /*
     * The critical option saves most of what a call costs, but the thread cannot be stopped while it
     * lasts. So it is for requests that a library serves without asking the system for much; large
     * ones, which map and unmap memory, are called in the ordinary way.
     */

    /** From this size on calls are not critical. */
    static final long LARGE_BYTES = 64 << 10;

    private Downcalls() {}

    /** {@code long name(long, …)}, to be called for small sizes only. */
    static MethodHandle critical(SymbolLookup library, String name, int parameters) {
        return handle(library, name, returning(parameters), Linker.Option.critical(false));
    }

    /** {@code long name(long, …)}. */
    static MethodHandle ordinary(SymbolLookup library, String name, int parameters) {
        return handle(library, name, returning(parameters));
    }

    /** {@code void name(long)}, to be called for small sizes only. */
    static MethodHandle criticalVoid(SymbolLookup library, String name) {
        return handle(
                library,
                name,
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG),
                Linker.Option.critical(false));
    }

    /** {@code void name(long)}. */
    static MethodHandle ordinaryVoid(SymbolLookup library, String name) {
        return handle(library, name, FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));
    }

    /** All memory there is. */
    static MemorySegment addressSpace() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    /**
     * What a call that cannot throw has thrown. An Error, of a stack or heap without room for the
     * call, comes before the function is called and goes on as it is.
     */
    static AssertionError impossible(Throwable thrown) {
        if (thrown instanceof Error noRoom) {
            throw noRoom;
        }
        return new AssertionError("a call of a C function threw", thrown);
    }

    private static FunctionDescriptor returning(int parameters) {
        ValueLayout[] longs = new ValueLayout[parameters];
        Arrays.fill(longs, ValueLayout.JAVA_LONG);
        return FunctionDescriptor.of(ValueLayout.JAVA_LONG, longs);
    }

    private static MethodHandle handle(
            SymbolLookup library,
            String name,
            FunctionDescriptor descriptor,
            Linker.Option... options) {
        MemorySegment function =
                library.find(name)
                        .orElseThrow(() ->
                                new AllocatorUnavailable("the library has no function " + name));
        return Linker.nativeLinker().downcallHandle(function, descriptor, options);
    }
}
