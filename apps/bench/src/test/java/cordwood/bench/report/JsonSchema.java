package cordwood.bench.report;

import cordwood.bench.json.Json;
import cordwood.bench.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks documents against a JSON schema: type, const, minimum, pattern, required, properties,
 * additionalProperties, items and references into {@code $defs}. A keyword it does not know is an
 * error, so that a schema never says more than is checked.
 */
public final class JsonSchema {

    private static final List<String> ANNOTATIONS =
            List.of("$schema", "$id", "$defs", "title", "description");

    private final JsonObject root;

    private JsonSchema(JsonObject root) {
        this.root = root;
    }

    /** Reads a schema. */
    public static JsonSchema read(Path file) throws IOException {
        return new JsonSchema(Json.read(Files.readString(file)));
    }

    /** What is wrong with a document, a line each; empty when it is valid. */
    public List<String> violations(JsonObject document) {
        List<String> violations = new ArrayList<>();
        check(root, document, "$", violations);
        return violations;
    }

    private void check(
            JsonObject schema, @Nullable Object value, String at, List<String> violations) {
        for (String keyword : schema.names()) {
            Object rule = Objects.requireNonNull(schema.field(keyword));
            switch (keyword) {
                case "$ref" -> check(referenced((String) rule), value, at, violations);
                case "type" -> {
                    if (!types(rule).stream().anyMatch(type -> isOf(type, value))) {
                        violations.add(at + " is no " + rule + ": " + value);
                    }
                }
                case "const" -> {
                    if (!rule.equals(value)) {
                        violations.add(at + " is not " + rule + ": " + value);
                    }
                }
                case "minimum" -> {
                    double least = ((Number) rule).doubleValue();
                    if (value instanceof Number number && number.doubleValue() < least) {
                        violations.add(at + " is under " + rule + ": " + value);
                    }
                }
                case "pattern" -> {
                    if (value instanceof String text && !text.matches((String) rule)) {
                        violations.add(at + " does not match " + rule + ": " + value);
                    }
                }
                case "required" -> {
                    for (Object name : (List<?>) rule) {
                        if (value instanceof JsonObject object && !object.names().contains(name)) {
                            violations.add(at + " lacks " + name);
                        }
                    }
                }
                case "properties" -> properties((JsonObject) rule, value, at, violations);
                case "additionalProperties" -> additional(schema, rule, value, at, violations);
                case "items" -> {
                    if (value instanceof List<?> list) {
                        for (int i = 0; i < list.size(); i++) {
                            check((JsonObject) rule, list.get(i), at + "[" + i + "]", violations);
                        }
                    }
                }
                default -> {
                    if (!ANNOTATIONS.contains(keyword)) {
                        throw new IllegalStateException("keyword " + keyword + " is not checked");
                    }
                }
            }
        }
    }

    private JsonObject referenced(String reference) {
        return root.object("$defs").object(reference.substring("#/$defs/".length()));
    }

    private void properties(
            JsonObject rules, @Nullable Object value, String at, List<String> violations) {
        if (value instanceof JsonObject object) {
            for (String name : rules.names()) {
                if (object.names().contains(name)) {
                    check(rules.object(name), object.field(name), at + "." + name, violations);
                }
            }
        }
    }

    private void additional(
            JsonObject schema,
            Object rule,
            @Nullable Object value,
            String at,
            List<String> violations) {
        if (rule instanceof JsonObject inner && value instanceof JsonObject object) {
            for (String name : object.names()) {
                boolean named =
                        schema.has("properties")
                                && schema.object("properties").names().contains(name);
                if (!named) {
                    check(inner, object.field(name), at + "." + name, violations);
                }
            }
        }
    }

    private static List<String> types(Object rule) {
        return rule instanceof List<?> list
                ? list.stream().map(String.class::cast).toList()
                : List.of((String) rule);
    }

    private static boolean isOf(String type, @Nullable Object value) {
        return switch (type) {
            case "object" -> value instanceof JsonObject;
            case "array" -> value instanceof List<?>;
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Long;
            case "number" -> value instanceof Number;
            case "boolean" -> value instanceof Boolean;
            case "null" -> value == null;
            default -> throw new IllegalStateException("type " + type);
        };
    }
}
