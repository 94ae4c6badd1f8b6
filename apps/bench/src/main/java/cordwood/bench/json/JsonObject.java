package cordwood.bench.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object with its fields in order. Values are strings, longs, doubles, booleans, nulls,
 * objects and lists of these. A field deeper inside is named by a path of dots: {@code
 * latency_us.p99}. Not thread-safe.
 */
public final class JsonObject {

    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

    /** An object without fields. */
    public JsonObject() {}

    /** Sets a field; a number that is not finite becomes null. */
    public JsonObject put(String name, @Nullable Object value) {
        fields.put(name, admitted(value));
        return this;
    }

    private static @Nullable Object admitted(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Integer number -> number.longValue();
            case Double number -> Double.isFinite(number) ? number : null;
            case String _, Long _, Boolean _, JsonObject _ -> value;
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>();
                list.forEach(element -> copy.add(admitted(element)));
                yield copy;
            }
            case Object other ->
                    throw new IllegalArgumentException("no JSON form of " + other.getClass());
        };
    }

    /** The names of the fields, in order. */
    public Set<String> names() {
        return fields.keySet();
    }

    /** The value of a field of this object, or null; a dot in the name is no path. */
    public @Nullable Object field(String name) {
        return fields.get(name);
    }

    /** The value at a path, or null where nothing is. */
    public @Nullable Object find(String path) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            return fields.get(path);
        }
        return fields.get(path.substring(0, dot)) instanceof JsonObject inner
                ? inner.find(path.substring(dot + 1))
                : null;
    }

    /** Whether something other than null is at a path. */
    public boolean has(String path) {
        return find(path) != null;
    }

    /** The text at a path. */
    public String text(String path) {
        return require(path, String.class, "text");
    }

    /** The whole number at a path. */
    public long whole(String path) {
        return require(path, Long.class, "a whole number");
    }

    /** The number at a path. */
    public double number(String path) {
        return require(path, Number.class, "a number").doubleValue();
    }

    /** The number at a path, or NaN where nothing is. */
    public double numberOrNaN(String path) {
        return has(path) ? number(path) : Double.NaN;
    }

    /** Whether a path holds true; a missing field is false. */
    public boolean isTrue(String path) {
        return has(path) && require(path, Boolean.class, "true or false");
    }

    /** The object at a path. */
    public JsonObject object(String path) {
        return require(path, JsonObject.class, "an object");
    }

    /** The list at a path. */
    public List<@Nullable Object> list(String path) {
        List<@Nullable Object> elements = new ArrayList<>();
        elements.addAll(require(path, List.class, "a list"));
        return elements;
    }

    /** The list of objects at a path. */
    public List<JsonObject> objects(String path) {
        List<JsonObject> objects = new ArrayList<>();
        for (Object element : list(path)) {
            if (!(element instanceof JsonObject object)) {
                throw new JsonException("field '" + path + "' holds something not an object");
            }
            objects.add(object);
        }
        return objects;
    }

    private <T> T require(String path, Class<T> type, String what) {
        Object value = find(path);
        if (!type.isInstance(value)) {
            throw new JsonException("field '" + path + "' should be " + what);
        }
        return type.cast(value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonObject object && fields.equals(object.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** The object as indented JSON text. */
    @Override
    public String toString() {
        return Json.write(this);
    }
}
