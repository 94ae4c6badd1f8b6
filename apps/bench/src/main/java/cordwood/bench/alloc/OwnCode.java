package cordwood.bench.alloc;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a class, so that every contender has loops of its own: compiled for it alone, with a
 * profile that no other contender's turn has blurred. What one class would do for all of them, each
 * of them would pay for with calls that cannot be inlined.
 */
final class OwnCode {

    private final Constructor<?> constructor;

    /** Copies {@code template}, which has one constructor and no inner classes. */
    OwnCode(Class<?> template) {
        this.constructor = copyOf(template).getDeclaredConstructors()[0];
    }

    /** A new instance of the copy. */
    <I> I instance(Class<I> kind, @Nullable Object... arguments) {
        try {
            return kind.cast(constructor.newInstance(arguments));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no instance of " + constructor, e);
        }
    }

    private static Class<?> copyOf(Class<?> template) {
        String file = template.getSimpleName() + ".class";
        try (InputStream code = template.getResourceAsStream(file)) {
            if (code == null) {
                throw new IllegalStateException(file + " is not there");
            }
            return MethodHandles.lookup()
                    .defineHiddenClass(code.readAllBytes(), true)
                    .lookupClass();
        } catch (IOException | IllegalAccessException e) {
            throw new IllegalStateException("no copy of " + template, e);
        }
    }
}
