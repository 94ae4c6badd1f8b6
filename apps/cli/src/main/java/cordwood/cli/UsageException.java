package cordwood.cli;

/** Wrong usage: the message is one line saying what is wrong, where, and what to do. Exit 2. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
