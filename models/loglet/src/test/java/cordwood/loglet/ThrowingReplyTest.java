package cordwood.loglet;

import static cordwood.loglet.LogletFixture.SEQUENCER;
import static cordwood.loglet.LogletFixture.header;
import static cordwood.loglet.LogletFixture.read;
import static cordwood.loglet.LogletFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Replies that are taken with whatever can be thrown harm nobody else. */
class ThrowingReplyTest {

    private final LogletFixture loglet = new LogletFixture();

    @AfterEach
    void close() {
        loglet.close();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void throwAs(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void whateverAReplyThrowsTheNextRequestIsServed() {
        List<Throwable> thrown =
                List.of(
                        new IllegalStateException("a reply of a test"),
                        new StackOverflowError(),
                        new IOException("a reply of a test, undeclared"));
        long next = 1;
        for (Throwable each : thrown) {
            ReplyTo throwing = _ -> ThrowingReplyTest.<RuntimeException>throwAs(each);
            for (Request request :
                    List.of(
                            store(next, 1),
                            store(next, 1),
                            store(next + 5, 1),
                            read(1, 1),
                            new Request.GetLogletInfo(header()))) {
                loglet.worker().submit(SEQUENCER, request, throwing);
            }
            next++;
            loglet.stored(next, 1);
            next++;
        }
        assertThat(loglet.everything()).isEqualTo("1 2 3 4 5 6 next 7");
    }
}
