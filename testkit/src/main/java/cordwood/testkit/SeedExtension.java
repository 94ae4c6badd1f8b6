package cordwood.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.IncompleteExecutionException;

/** Hands tests their {@link Seed}, and says on failure how to run the same test again with it. */
public final class SeedExtension implements ParameterResolver, TestExecutionExceptionHandler {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SeedExtension.class);

    /** For JUnit. */
    public SeedExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Seed.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getStore(NAMESPACE).computeIfAbsent(Seed.class, _ -> Seed.ofRun(), Seed.class);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext test, Throwable failure)
            throws Throwable {
        Seed seed = test.getStore(NAMESPACE).get(Seed.class, Seed.class);
        if (seed != null && !(failure instanceof IncompleteExecutionException)) {
            failure.addSuppressed(new SeedOfFailure(rerunHint(test, seed)));
        }
        throw failure;
    }

    private static String rerunHint(ExtensionContext test, Seed seed) {
        String name =
                test.getRequiredTestClass().getSimpleName()
                        + "#"
                        + test.getRequiredTestMethod().getName();
        return "seed %d; run it again with -Dtest=%s -D%s=%d"
                .formatted(seed.value(), name, Seed.PROPERTY, seed.value());
    }

    /** Carries the hint into every report of the failure. */
    private static final class SeedOfFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SeedOfFailure(String hint) {
            super(hint, null, false, false);
        }
    }
}
