package cordwood.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.discoveryRequest;

import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** A failure says its seed and how to run it again; the property fixes the seed. */
final class SeedExtensionTest {

    /** Fails when run by the tests below, and only then. */
    @ExtendWith(SeedExtension.class)
    static final class Failing {

        private static boolean wanted;
        private static long seen;

        @Test
        void fails(Seed seed) {
            Assumptions.assumeTrue(wanted);
            seen = seed.value();
            throw new IllegalStateException("on purpose");
        }
    }

    private static List<Throwable> run() {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        Failing.wanted = true;
        try {
            LauncherFactory.create()
                    .execute(
                            discoveryRequest().selectors(selectClass(Failing.class)).build(),
                            listener);
        } finally {
            Failing.wanted = false;
        }
        return listener.getSummary().getFailures().stream()
                .map(failure -> failure.getException())
                .toList();
    }

    @Test
    void aFailureCarriesItsSeedAndHowToRunItAgain() {
        List<Throwable> failures = run();
        assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(failures.getFirst().getSuppressed())
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .contains("seed " + Failing.seen)
                .contains("-Dtest=Failing#fails")
                .contains("-Dcordwood.seed=" + Failing.seen);
    }

    @Test
    void thePropertyFixesTheSeed() {
        String before = System.getProperty(Seed.PROPERTY);
        System.setProperty(Seed.PROPERTY, "-42");
        try {
            run();
            assertThat(Failing.seen).isEqualTo(-42);
        } finally {
            if (before == null) {
                System.clearProperty(Seed.PROPERTY);
            } else {
                System.setProperty(Seed.PROPERTY, before);
            }
        }
    }

    @Test
    void defaultRunsRepeatTheirSeedAndLongRunsDrawOne() {
        Seed seed = new Seed(7);
        assertThat(seed.child(1)).isEqualTo(seed.child(1)).isNotEqualTo(seed.child(2));
        assertThat(seed.random().nextLong()).isEqualTo(seed.random().nextLong());
        run();
        long first = Failing.seen;
        run();
        boolean repeats =
                System.getProperty(Seed.PROPERTY) != null || !Boolean.getBoolean("cordwood.long");
        assertThat(Failing.seen == first).isEqualTo(repeats);
    }
}
