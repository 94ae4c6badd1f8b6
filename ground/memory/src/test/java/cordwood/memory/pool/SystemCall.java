package cordwood.memory.pool;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.locks.LockSupport;

/** A system call that uses memory, from when this is made until it is closed. */
final class SystemCall implements AutoCloseable {

    private final Pipe pipe;
    private final Thread reader;

    SystemCall(MemorySegment memory) {
        try {
            pipe = Pipe.open();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        ByteBuffer buffer = memory.asByteBuffer();
        reader = Thread.ofPlatform().start(() -> read(buffer));
        while (!isReading(reader)) {
            LockSupport.parkNanos(100_000);
        }
    }

    private void read(ByteBuffer buffer) {
        try {
            pipe.source().read(buffer);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isReading(Thread thread) {
        StackTraceElement[] frames = thread.getStackTrace();
        if (!thread.isAlive()) {
            throw new AssertionError("the reader has ended");
        }
        return frames.length > 0
                && frames[0].isNativeMethod()
                && frames[0].getMethodName().startsWith("read");
    }

    @Override
    public void close() {
        try {
            pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
            reader.join();
            pipe.sink().close();
            pipe.source().close();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
