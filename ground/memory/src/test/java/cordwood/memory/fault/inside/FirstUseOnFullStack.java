package cordwood.memory.fault.inside;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.memory.epoch.Epochs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A process where something is done for the first time at the end of a stack, then on every level
 * of the way back until it works, and then with all the stack.
 */
public final class FirstUseOnFullStack {

    private static final int STACK_BYTES = 400 << 10;
    private static final MemoryOptions OPTIONS = MemoryOptions.ofBudget(64L << 20);

    /** What is done. */
    private interface Step {
        void run();
    }

    private final Step step;
    private final @Nullable Throwable[] thrown = new @Nullable Throwable[10_000];
    private int thrownCount;
    private boolean over;

    private FirstUseOnFullStack(Step step) {
        this.step = step;
    }

    private static Step step(String what) {
        if (what.equals("open")) {
            return () -> Memory.open(OPTIONS);
        }
        if (what.equals("epochs")) {
            return Epochs::new;
        }
        Memory memory = Memory.open(OPTIONS);
        Account account = memory.budget().account("first");
        if (what.equals("release")) {
            return () -> account.release(1L << 40);
        }
        Region closed = memory.chunks().region(account, 1);
        closed.close();
        return closed::memory;
    }

    /** The words: what is done, and where the product's classes are, to be loaded before. */
    public static void main(String[] words) throws Exception {
        load(Path.of(words[1]));
        FirstUseOnFullStack trial = new FirstUseOnFullStack(step(words[0]));
        Thread thread = new Thread(null, trial::down, "first use", STACK_BYTES);
        thread.start();
        thread.join();
        trial.perform();
        Set<String> answers = new TreeSet<>();
        for (int i = 0; i < trial.thrownCount; i++) {
            answers.add(String.valueOf(trial.thrown[i]));
        }
        answers.remove(StackOverflowError.class.getName());
        System.out.println(answers);
        System.exit(0);
    }

    private static void load(Path root) throws IOException, ClassNotFoundException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                String name = root.relativize(file).toString().replace('/', '.');
                if (name.endsWith(".class") && !name.endsWith("-info.class")) {
                    String type = name.substring(0, name.length() - ".class".length());
                    Class.forName(type, false, FirstUseOnFullStack.class.getClassLoader());
                }
            }
        }
    }

    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private void down() {
        try {
            down();
        } catch (StackOverflowError end) {
            // Now the way back.
        }
        if (!over) {
            perform();
        }
    }

    private void perform() {
        try {
            step.run();
            over = true;
        } catch (Throwable answer) {
            over = answer instanceof IllegalStateException;
            if (thrownCount < thrown.length) {
                thrown[thrownCount++] = answer;
            }
        }
    }
}
