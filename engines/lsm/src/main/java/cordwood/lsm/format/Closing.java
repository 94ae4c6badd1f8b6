package cordwood.lsm.format;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Closes many things: all of them, even where one fails. */
public final class Closing {

    private Closing() {}

    /** Closes each; when some failed, the first failure is thrown after all were closed. */
    public static <T> void all(List<T> open, Consumer<? super T> close) {
        @Nullable RuntimeException failure = null;
        for (T each : open) {
            try {
                close.accept(each);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
