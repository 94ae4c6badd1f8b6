package cordwood.memory.pool;

import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One allocation, one write to it and one free, with 1,024 cells of 16 to 256 bytes alive: through
 * a local pool, through the pool, and through the C library's malloc and free.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class AllocationBenchmark {

    private static final int LIVE = 1024;

    /** Sizes and what is alive; the sequence is the same for all three. */
    @State(Scope.Thread)
    public static class Ring {
        final int[] sizes = new SplittableRandom(7).ints(4 * LIVE, 16, 257).toArray();
        final long[] live = new long[LIVE];
        int turn;

        int place() {
            return turn & (LIVE - 1);
        }

        int size() {
            return sizes[turn++ & (4 * LIVE - 1)];
        }
    }

    /** A local way into a pool. */
    @State(Scope.Thread)
    public static class Local extends Pool {
        final LocalPool local = pool.local();
    }

    /** The pool. */
    @State(Scope.Thread)
    public static class Pool {
        final Memory memory = Memory.open(MemoryOptions.ofBudget(256L << 20));
        final SmallPool pool = SmallPool.open(memory, PoolOptions.defaults());

        @TearDown
        public void close() {
            pool.close();
            memory.close();
        }
    }

    /** malloc and free. */
    @State(Scope.Thread)
    public static class Libc {
        static final MethodHandle MALLOC =
                find("malloc", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        static final MethodHandle FREE =
                find("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));
        static final MethodHandle MALLOC_CRITICAL =
                find(
                        "malloc",
                        FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                        Linker.Option.critical(false));
        static final MethodHandle FREE_CRITICAL =
                find(
                        "free",
                        FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG),
                        Linker.Option.critical(false));
        static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

        private static MethodHandle find(
                String name, FunctionDescriptor descriptor, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().find(name).orElseThrow(), descriptor, options);
        }
    }

    @Benchmark
    public long local(Ring ring, Local state) {
        LocalPool local = state.local;
        int place = ring.place();
        local.free(ring.live[place]);
        long handle = local.allocate(ring.size());
        local.view(handle).set(ValueLayout.JAVA_LONG, 0, handle);
        ring.live[place] = handle;
        return handle;
    }

    @Benchmark
    public long general(Ring ring, Pool pool) {
        SmallPool all = pool.pool;
        int place = ring.place();
        all.free(ring.live[place]);
        long handle = all.allocate(ring.size());
        all.view(handle).set(ValueLayout.JAVA_LONG, 0, handle);
        ring.live[place] = handle;
        return handle;
    }

    @Benchmark
    public long glibc(Ring ring, Libc libc) throws Throwable {
        int place = ring.place();
        Libc.FREE.invokeExact(ring.live[place]);
        long address = (long) Libc.MALLOC.invokeExact((long) ring.size());
        Libc.ALL.set(ValueLayout.JAVA_LONG, address, address);
        ring.live[place] = address;
        return address;
    }

    @Benchmark
    public long glibcCritical(Ring ring, Libc libc) throws Throwable {
        int place = ring.place();
        Libc.FREE_CRITICAL.invokeExact(ring.live[place]);
        long address = (long) Libc.MALLOC_CRITICAL.invokeExact((long) ring.size());
        Libc.ALL.set(ValueLayout.JAVA_LONG, address, address);
        ring.live[place] = address;
        return address;
    }
}
