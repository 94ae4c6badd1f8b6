package cordwood.bench.json;

/** Text that is not JSON, or JSON that is not what was expected; the message says where. */
public final class JsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says what was expected where. */
    public JsonException(String message) {
        super(message);
    }
}
