package cordwood.testkit.disk;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.testkit.disk.KillPoint.Moment;
import cordwood.testkit.disk.KillPoint.Phase;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The disk of a process that dies at a {@link KillPoint}, without any chance to clean up. */
public final class KillingDisk extends InterposedDisk {

    /** The exit of a process that died so. */
    public static final int EXIT = 137;

    private final Predicate<KillPoint> isDue;
    private volatile Phase phase;

    /**
     * Stands in front of {@code under}.
     *
     * @param first what the process is about at first
     * @param isDue asked at each point, on any thread; the process dies where it says yes
     */
    public KillingDisk(Disk under, Phase first, Predicate<KillPoint> isDue) {
        super(under);
        this.isDue = isDue;
        this.phase = first;
    }

    /** Says what the process is about from now on. */
    public void enter(Phase next) {
        phase = next;
    }

    private boolean isDue(Moment moment, DiskCall call) {
        return isDue.test(KillPoint.of(phase, moment, call));
    }

    private static void die() {
        Runtime.getRuntime().halt(EXIT);
    }

    @Override
    protected <T extends @Nullable Object> T onCall(
            DiskCall call, @Nullable DiskFile file, Supplier<T> body) {
        if (!call.operation().isChanging()) {
            return body.get();
        }
        if (isDue(Moment.BEFORE, call)) {
            die();
        }
        T result = body.get();
        if (isDue(Moment.AFTER, call)) {
            die();
        }
        return result;
    }

    @Override
    protected void onWrite(DiskCall call, DiskFile file, ByteBuffer source) {
        if (isDue(Moment.HALFWAY, call)) {
            int half = source.remaining() / 2;
            file.write(call.offsetBytes(), source.slice(source.position(), half));
            die();
        }
        super.onWrite(call, file, source);
    }
}
