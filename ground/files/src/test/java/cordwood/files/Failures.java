package cordwood.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Expects failures of a kind. */
final class Failures {

    private Failures() {}

    /** The call fails with this kind, on this path, and says so. */
    static void assertFails(FileFailure.Kind kind, Path path, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FileFailure.class,
                        failure -> {
                            assertThat(failure.kind())
                                    .as(String.valueOf(failure.getMessage()))
                                    .isEqualTo(kind);
                            assertThat(failure.path()).isEqualTo(path);
                        })
                .hasMessageContaining(path.toString());
    }
}
