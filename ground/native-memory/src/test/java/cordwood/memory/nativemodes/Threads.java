package cordwood.memory.nativemodes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;

/** Runs work on threads of its own and fails with what they throw. */
final class Threads {

    private Threads() {}

    /** On one platform thread, which is dead afterwards. */
    static void runOther(Runnable work) {
        run(Thread.ofPlatform(), 1, _ -> work.run());
    }

    /** On {@code count} threads at once, each given its number. */
    static void run(Thread.Builder kind, int count, IntConsumer work) {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.add(
                    kind.unstarted(() -> {
                        try {
                            work.accept(number);
                        } catch (Throwable failure) {
                            failures.add(failure);
                        }
                    }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException stop) {
                throw new AssertionError(stop);
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " threads failed", failures.getFirst());
        }
    }
}
