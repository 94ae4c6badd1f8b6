package cordwood.lsm.format;

import java.util.ArrayList;
import java.util.List;

/**
 * The fixed fields of a header, in order and without gaps: the only place where offsets come from.
 * Descriptors declare one as a constant and take their offsets from it. Immutable.
 */
public final class Layout {

    /**
     * One field.
     *
     * @param offsetBytes from the start of the layout
     * @param widthBytes how many bytes it takes
     */
    public record Field(String name, int offsetBytes, int widthBytes) {}

    private final List<Field> fields;

    private Layout(List<Field> fields) {
        this.fields = fields;
    }

    /** A layout with no field. */
    public static Layout empty() {
        return new Layout(List.of());
    }

    /** This layout and one more field behind it. */
    public Layout with(String name, int widthBytes) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, sizeBytes(), widthBytes));
        return new Layout(List.copyOf(more));
    }

    /** This layout and the fields of another behind it. */
    public Layout with(Layout others) {
        Layout result = this;
        for (Field field : others.fields) {
            result = result.with(field.name(), field.widthBytes());
        }
        return result;
    }

    /** Where a field starts. */
    public int offset(String name) {
        for (Field field : fields) {
            if (field.name().equals(name)) {
                return field.offsetBytes();
            }
        }
        throw new IllegalArgumentException("no field " + name);
    }

    /** How many bytes all fields take. */
    public int sizeBytes() {
        return fields.isEmpty()
                ? 0
                : fields.getLast().offsetBytes() + fields.getLast().widthBytes();
    }

    /** The fields in order. */
    public List<Field> fields() {
        return fields;
    }
}
