package cordwood.lsm.zstd;

import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.codec.Codec;
import cordwood.lsm.codec.Coder;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every coder of the registry: round trips, and bytes that are no compressed form. */
@ExtendWith(SeedExtension.class)
final class CoderTest {

    private static final boolean LONG = Boolean.getBoolean("cordwood.long");
    private static final int ROUNDS = LONG ? 100_000 : 600;
    private static final int BYTES_MAX = 40_000;
    private static final int GUARD_BYTES = 64;
    private static final byte GUARD = 0x5A;

    static List<Codec> codecs() {
        return Stream.of(Codec.values()).filter(codec -> codec != Codec.RAW).toList();
    }

    /** From noise to a single byte repeated, with stretches that come again. */
    private static byte[] content(SplittableRandom random) {
        byte[] bytes = new byte[1 + random.nextInt(1 + random.nextInt(BYTES_MAX))];
        int symbols = 1 + random.nextInt(256);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(symbols);
        }
        for (int i = random.nextInt(20); i > 0; i--) {
            int length = random.nextInt(bytes.length);
            System.arraycopy(
                    bytes,
                    random.nextInt(bytes.length - length),
                    bytes,
                    random.nextInt(bytes.length - length),
                    length);
        }
        return bytes;
    }

    private static ByteBuffer offHeap(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Room inside of guards, on the heap or off it. */
    private static ByteBuffer guarded(int bytes, boolean offHeap) {
        int all = bytes + 2 * GUARD_BYTES;
        ByteBuffer buffer = offHeap ? ByteBuffer.allocateDirect(all) : ByteBuffer.allocate(all);
        for (int i = 0; i < all; i++) {
            buffer.put(i, GUARD);
        }
        return buffer.position(GUARD_BYTES).limit(GUARD_BYTES + bytes);
    }

    private static void assertGuarded(ByteBuffer buffer, int bytes) {
        buffer.clear();
        for (int i = 0; i < GUARD_BYTES; i++) {
            assertThat(buffer.get(i)).isEqualTo(GUARD);
            assertThat(buffer.get(GUARD_BYTES + bytes + i)).isEqualTo(GUARD);
        }
    }

    private static byte[] inside(ByteBuffer buffer, int bytes) {
        byte[] found = new byte[bytes];
        buffer.clear().get(GUARD_BYTES, found);
        return found;
    }

    /** The compressed form; nothing when it takes more room. */
    private static byte[] compressed(Coder coder, byte[] content, int room, boolean offHeap) {
        ByteBuffer target = guarded(room, false);
        ByteBuffer source = offHeap ? offHeap(content) : ByteBuffer.wrap(content);
        int bytes = coder.compress(source, target);
        assertGuarded(target, room);
        return bytes < 0 ? new byte[0] : inside(target, bytes);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void whatWasCompressedExpandsToItselfAndToNoOtherLength(Codec codec, Seed seed) {
        SplittableRandom random = seed.random();
        try (Coder coder = codec.newCoder()) {
            for (int i = 0; i < ROUNDS; i++) {
                byte[] content = content(random);
                byte[] form = compressed(coder, content, 2 * content.length + 100, i % 2 == 0);
                assertThat(form).isNotEmpty();

                int bytes = content.length + (i % 3 == 0 ? 0 : random.nextInt(-1, 2));
                ByteBuffer target = guarded(bytes, i % 4 < 2);
                boolean expanded = coder.expand(ByteBuffer.wrap(form), target);

                assertThat(expanded).as("round %s", i).isEqualTo(bytes == content.length);
                assertGuarded(target, bytes);
                if (expanded) {
                    assertThat(inside(target, bytes)).isEqualTo(content);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void whatHasNoRoomIsNotCompressed(Codec codec, Seed seed) {
        SplittableRandom random = seed.random();
        try (Coder coder = codec.newCoder()) {
            for (int i = 0; i < ROUNDS / 4; i++) {
                byte[] content = content(random);
                byte[] whole = compressed(coder, content, 2 * content.length + 100, true);
                int room = random.nextInt(whole.length);
                assertThat(compressed(coder, content, room, true)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void damagedBytesAreRefusedOrExpandWithinTheRoom(Codec codec, Seed seed) {
        SplittableRandom random = seed.random();
        int refused = 0;
        try (Coder coder = codec.newCoder()) {
            for (int i = 0; i < ROUNDS; i++) {
                byte[] content = content(random);
                byte[] form = compressed(coder, content, 2 * content.length + 100, true);
                byte[] damaged = damaged(form, random);
                ByteBuffer target = guarded(content.length, i % 2 == 0);
                refused += coder.expand(ByteBuffer.wrap(damaged), target) ? 0 : 1;
                assertGuarded(target, content.length);

                ByteBuffer again = guarded(content.length, true);
                assertThat(coder.expand(ByteBuffer.wrap(form), again)).isTrue();
                assertThat(inside(again, content.length)).isEqualTo(content);
            }
        }
        assertThat(refused).isPositive();
    }

    private static byte[] damaged(byte[] form, SplittableRandom random) {
        byte[] damaged = form.clone();
        switch (random.nextInt(4)) {
            case 0 -> damaged[random.nextInt(form.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> damaged = Arrays.copyOf(form, random.nextInt(form.length));
            case 2 -> damaged = Arrays.copyOf(form, form.length + 1 + random.nextInt(50));
            default -> {
                int from = random.nextInt(form.length);
                byte[] noise = new byte[form.length - from];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, damaged, from, noise.length);
            }
        }
        return damaged;
    }
}
