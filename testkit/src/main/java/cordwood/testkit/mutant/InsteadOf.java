package cordwood.testkit.mutant;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a static method, which is called where others called the method of the same name of that
 * class. It has the same arguments and result; where the other is not static, the object comes
 * first. It may call the other one itself.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface InsteadOf {
    /** Whose method it stands in for. */
    Class<?> value();
}
