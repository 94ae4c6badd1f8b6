package cordwood.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.store.StepExecutor;
import cordwood.testkit.ChildJvm;
import cordwood.testkit.Poll;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.junit.jupiter.api.Test;

/** A scheduler short of carriers loses threads where the heap is full. */
final class CarriersTest {

    /** Ends once a process with one step, which sleeps, has all carriers. */
    static final class OneStepProcess {
        private OneStepProcess() {}

        public static void main(String[] args) {
            VirtualThreadSchedulerMXBean scheduler =
                    ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
            StepExecutor.Handle step = StepExecutor.virtualThreads().start("step", () -> false);
            Poll.until(
                    "all carriers are there",
                    () -> scheduler.getPoolSize() == scheduler.getParallelism());
            step.close();
            System.out.println(scheduler.getPoolSize());
        }
    }

    @Test
    void whereThereIsAStepAllCarriersAreStarted() {
        List<String> options = List.of("-Djdk.virtualThreadScheduler.parallelism=5");
        try (ChildJvm child = ChildJvm.start(options, OneStepProcess.class, List.of())) {
            assertThat(child.line()).isEqualTo("5");
            assertThat(child.awaitExit(Duration.ofMinutes(1))).isZero();
        }
    }
}
