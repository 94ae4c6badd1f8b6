package cordwood.lsm.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.StringJoiner;

/** The fields of a header as people see them: names and values in one line. */
public final class FieldText {

    private FieldText() {}

    /** All fields of a layout at an offset. */
    public static String of(Layout layout, MemorySegment source, long at) {
        StringJoiner text = new StringJoiner(" ");
        for (Layout.Field field : layout.fields()) {
            text.add(field.name() + "=" + value(field, source, at + field.offsetBytes()));
        }
        return text.toString();
    }

    private static String value(Layout.Field field, MemorySegment source, long at) {
        String name = field.name();
        if (name.equals("magic")) {
            byte[] bytes = source.asSlice(at, field.widthBytes()).toArray(JAVA_BYTE);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        long value =
                switch (field.widthBytes()) {
                    case 1 -> LittleEndian.u8(source, at);
                    case 2 -> LittleEndian.u16(source, at);
                    case 4 -> LittleEndian.u32(source, at);
                    case 8 -> LittleEndian.i64(source, at);
                    default -> throw new IllegalArgumentException("no number: " + field);
                };
        boolean isPattern = name.endsWith("checksum") || name.startsWith("store_");
        return isPattern
                ? HexFormat.of().toHexDigits(value, 2 * field.widthBytes())
                : Long.toString(value);
    }
}
