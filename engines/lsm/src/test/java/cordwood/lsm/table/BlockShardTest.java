package cordwood.lsm.table;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.lsm.format.Regions;
import cordwood.memory.Account;
import cordwood.memory.Chunks;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A shard of the cache against what was read into it. */
@ExtendWith(SeedExtension.class)
final class BlockShardTest {

    private static final int SLOTS = 24;
    private static final int SLOT_BYTES = 32 << 10;
    private static final int STEPS = 30_000;
    private static final long BUDGET_BYTES = 32L << 20;

    /** A pin: the block, and the slot it is in. */
    private record Pin(long table, long offset, int slot) {}

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(BUDGET_BYTES));
    private final Account account = memory.budget().account("cache");
    private final Account others = memory.budget().account("others");
    private final BlockShard shard = new BlockShard(memory.chunks(), account, SLOT_BYTES, SLOTS);
    private final List<Pin> pins = new ArrayList<>();

    @AfterEach
    void close() {
        shard.close();
        memory.close();
    }

    private static long content(long table, long offset) {
        return table * 1_000_003 + offset;
    }

    /** Pins a block as the cache does; false when every slot is pinned. */
    private boolean pin(long table, long offset) {
        int slot = shard.pinPresent(table, offset, true);
        if (slot < 0) {
            int reserved = shard.reserve();
            if (reserved < 0) {
                return false;
            }
            assertThat(pins)
                    .as("what is pinned is nobody else's")
                    .noneMatch(p -> p.slot == reserved);
            shard.slice(reserved).set(JAVA_LONG_UNALIGNED, 0, content(table, offset));
            slot = shard.publish(reserved, table, offset);
        }
        pins.add(new Pin(table, offset, slot));
        return true;
    }

    private void unpin(Pin pin) {
        assertThat(shard.slice(pin.slot).get(JAVA_LONG_UNALIGNED, 0))
                .isEqualTo(content(pin.table, pin.offset));
        shard.release(pin.slot);
    }

    @Test
    void aPinnedBlockStaysWhatItIs(Seed seed) {
        SplittableRandom random = seed.random();
        int refused = 0;
        for (int i = 0; i < STEPS; i++) {
            boolean more = pins.isEmpty() || random.nextInt(100) < 52;
            if (!more) {
                unpin(pins.remove(random.nextInt(pins.size())));
            } else if (!pin(1 + random.nextInt(5), 64L * random.nextInt(40))) {
                refused++;
                assertThat(pins.stream().map(Pin::slot).distinct()).hasSize(SLOTS);
            }
        }
        pins.forEach(this::unpin);
        assertThat(refused).as("full now and then").isPositive();
        assertThat(shard.hits()).isPositive();
        assertThat(account.usedBytes()).isLessThanOrEqualTo(SLOTS * (long) SLOT_BYTES * 2);
    }

    @Test
    void aBlockThatTwoHaveReadIsKeptOnce() {
        int one = shard.reserve();
        int other = shard.reserve();
        assertThat(shard.publish(one, 7, 64)).isEqualTo(one);
        assertThat(shard.publish(other, 7, 64)).isEqualTo(one);
        shard.release(one);
        shard.release(one);
        for (int i = 0; i < SLOTS; i++) {
            assertThat(shard.reserve()).as("all can be had again").isNotNegative();
        }
        assertThat(shard.reserve()).isNegative();
    }

    @Test
    void whatWasWantedAgainStaysWhileOthersComeAndGo() {
        for (long offset = 0; offset < 64L * SLOTS; offset += 64) {
            pin(1, offset);
        }
        pins.forEach(this::unpin);
        pins.clear();
        int wanted = shard.pinPresent(1, 64, true);
        shard.release(wanted);
        shard.release(shard.pinPresent(1, 128, false));

        for (long offset = 0; offset < 64L * (SLOTS - 1); offset += 64) {
            pin(2, offset);
            unpin(pins.removeLast());
        }

        assertThat(shard.pinPresent(1, 128, true)).isNegative();
        assertThat(shard.pinPresent(1, 64, true)).isEqualTo(wanted);
        shard.release(wanted);
    }

    @Test
    void whereMemoryIsRefusedTheSlotsThereAreServe() {
        assertThat(pin(1, 0)).isTrue();
        List<Region> rest = new ArrayList<>();
        for (Region region = takeGranule(); region != null; region = takeGranule()) {
            rest.add(region);
        }
        long usedBytes = account.usedBytes();
        for (long offset = 64; offset <= 64 * SLOTS; offset += 64) {
            assertThat(pin(1, offset) || pins.size() > 1).isTrue();
            if (pins.size() > 1) {
                unpin(pins.removeLast());
            }
        }
        assertThat(account.usedBytes()).isEqualTo(usedBytes);
        rest.forEach(Region::close);
        unpin(pins.removeFirst());
    }

    private @Nullable Region takeGranule() {
        return Regions.tryTake(memory.chunks(), others, Chunks.GRANULE_BYTES);
    }
}
