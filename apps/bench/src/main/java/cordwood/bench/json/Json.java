package cordwood.bench.json;

import java.io.StringWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** Reads and writes JSON documents of a few megabytes at most. */
public final class Json {

    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final ObjectWriteContext INDENTED =
            new ObjectWriteContext.Base() {
                @Override
                public boolean hasPrettyPrinter() {
                    return true;
                }

                @Override
                public DefaultPrettyPrinter getPrettyPrinter() {
                    return new DefaultPrettyPrinter();
                }
            };

    private Json() {}

    /**
     * Reads a text that holds one object.
     *
     * @throws JsonException with line and column
     */
    public static JsonObject read(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonException("line 1: it does not begin with {");
            }
            JsonObject object = readObject(parser);
            if (parser.nextToken() != null) {
                throw new JsonException(where(parser.currentLocation()) + "something follows it");
            }
            return object;
        } catch (JacksonException e) {
            TokenStreamLocation location = e.getLocation();
            throw new JsonException(
                    (location == null ? "" : where(location)) + e.getOriginalMessage());
        }
    }

    private static String where(TokenStreamLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
    }

    private static JsonObject readObject(JsonParser parser) {
        JsonObject object = new JsonObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            object.put(name, readValue(parser));
        }
        return object;
    }

    private static @Nullable Object readValue(JsonParser parser) {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> readObject(parser);
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(readValue(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> wholeOrDouble(parser, parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> finite(parser, parser.getDoubleValue());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null, default ->
                    throw new JsonException(where(parser.currentLocation()) + "no value");
        };
    }

    private static Object wholeOrDouble(JsonParser parser, BigInteger number) {
        return number.bitLength() < Long.SIZE
                ? (Object) number.longValue()
                : finite(parser, number.doubleValue());
    }

    private static double finite(JsonParser parser, double number) {
        if (!Double.isFinite(number)) {
            throw new JsonException(where(parser.currentLocation()) + "a number beyond all bounds");
        }
        return number;
    }

    /** The object as indented text, ending without a line feed. */
    public static String write(JsonObject object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(INDENTED, text)) {
            writeValue(generator, object);
        }
        return text.toString();
    }

    private static void writeValue(JsonGenerator generator, @Nullable Object value) {
        switch (value) {
            case null -> generator.writeNull();
            case String text -> generator.writeString(text);
            case Long number -> generator.writeNumber(number);
            case Double number -> generator.writeNumber(number);
            case Boolean truth -> generator.writeBoolean(truth);
            case JsonObject object -> {
                generator.writeStartObject();
                for (String name : object.names()) {
                    generator.writeName(name);
                    writeValue(generator, object.field(name));
                }
                generator.writeEndObject();
            }
            case List<?> list -> {
                generator.writeStartArray();
                for (Object element : list) {
                    writeValue(generator, element);
                }
                generator.writeEndArray();
            }
            case Object other ->
                    throw new IllegalArgumentException("no JSON form of " + other.getClass());
        }
    }
}
