package cordwood.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Binds what the rooms log to stderr, at the level the flags ask for. */
final class Logging {

    private Logging() {}

    /**
     * Starts logging; warnings and worse where nothing was asked.
     *
     * @param filter levels by logger name, {@code debug} or {@code info,cordwood.rocksdb=debug};
     *     over the verbosity where it speaks
     * @throws UsageException when the filter names no level
     */
    static void start(int verbosity, boolean quiet, @Nullable String filter) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        // at DEBUG the JDK logs every exit with a stack
        context.getLogger("java.lang.Runtime").setLevel(Level.INFO);
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger - %msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(stderr);
        root.setLevel(quiet ? Level.ERROR : level(verbosity));
        if (filter != null) {
            for (String part : filter.split(",", -1)) {
                apply(context, part.strip());
            }
        }
    }

    private static void apply(LoggerContext context, String part) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? Logger.ROOT_LOGGER_NAME : part.substring(0, equals);
        String text = part.substring(equals + 1).toUpperCase(Locale.ROOT);
        Level level = Level.toLevel(text, null);
        if (level == null || name.isEmpty()) {
            throw new UsageException(
                    "--log-filter: '%s' is no level: write error, warn, info, debug or trace, or LOGGER=LEVEL, separated by commas"
                            .formatted(part));
        }
        context.getLogger(name).setLevel(level);
    }

    private static Level level(int verbosity) {
        return switch (verbosity) {
            case 0 -> Level.WARN;
            case 1 -> Level.INFO;
            case 2 -> Level.DEBUG;
            default -> Level.TRACE;
        };
    }
}
