package cordwood.lsm.table;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.testkit.Seed;
import cordwood.testkit.SeedExtension;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Blocks of directories in memory against what was put there. */
@ExtendWith(SeedExtension.class)
final class DirectoryMemoryTest {

    private static final int STEPS = 6_000;
    private static final int SLABS = 2;
    private static final int BLOCKS = 60;
    private static final long BUDGET_BYTES = 32L << 20;
    private static final long BYTES_MAX = (long) SLABS * DirectoryMemory.SLAB_BYTES;

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(BUDGET_BYTES));
    private final Account account = memory.budget().account("table-readers");
    private final Account others = memory.budget().account("others");
    private final DirectoryMemory directories =
            new DirectoryMemory(memory.chunks(), account, BYTES_MAX);

    private final Map<Integer, ResidentBlock> kept = new HashMap<>();
    private final Map<Integer, BlockLease> pinned = new HashMap<>();

    @AfterEach
    void close() {
        pinned.values().forEach(BlockLease::close);
        directories.close();
        assertThat(account.usedBytes()).isZero();
        memory.close();
    }

    private static int bytes(int block) {
        return (block * 7919 % 4096 + 1) * Long.BYTES;
    }

    private @Nullable ResidentBlock keep(int block) {
        long[] content = new long[bytes(block) / Long.BYTES];
        Arrays.fill(content, block);
        BlockLease lease = new BlockLease();
        lease.hold(_ -> {}, 0, MemorySegment.ofArray(content), 0, bytes(block));
        ResidentBlock resident = directories.keep(lease);
        if (resident != null) {
            kept.put(block, resident);
        }
        return resident;
    }

    private boolean pin(int block, BlockLease lease) {
        return directories.tryPin(kept.get(block), lease);
    }

    private static void requireContent(int block, BlockLease lease) {
        assertThat(lease.payloadBytes()).isEqualTo(bytes(block));
        for (int at = 0; at < bytes(block); at += 61 * Long.BYTES) {
            assertThat(lease.segment().get(JAVA_LONG_UNALIGNED, lease.payloadAt() + at))
                    .isEqualTo(block);
        }
    }

    @Test
    void aPinnedBlockStaysWhatItIsWhateverIsGivenUpBesideIt(Seed seed) {
        SplittableRandom random = seed.random();
        int found = 0;
        int kinds = 0;
        for (int i = 0; i < STEPS; i++) {
            int block = random.nextInt(BLOCKS);
            BlockLease held = pinned.remove(block);
            if (held != null) {
                requireContent(block, held);
                held.close();
            } else if (random.nextInt(300) == 0) {
                directories.giveBack();
                kinds |= 1;
            } else if (random.nextInt(20) == 0 && kept.containsKey(block)) {
                directories.giveUp(kept.get(block));
                kinds |= 2;
            } else {
                BlockLease lease = new BlockLease();
                if (pin(block, lease)) {
                    found++;
                } else if (keep(block) == null || !pin(block, lease)) {
                    kinds |= 4; // the others are pinned
                    continue;
                }
                pinned.put(block, lease);
            }
            assertThat(account.usedBytes()).isLessThanOrEqualTo(BYTES_MAX);
        }
        assertThat(found).isPositive();
        assertThat(kinds).isEqualTo(7);
    }

    @Test
    void whatNobodyUsedForLongestIsGivenUpFirst() {
        BlockLease lease = new BlockLease();
        int block = 0;
        for (long bytes = 0; bytes < 3 * BYTES_MAX; bytes += bytes(block++)) {
            keep(block);
            assertThat(pin(0, lease)).isTrue(); // used all the while
            lease.close();
        }

        assertThat(pin(block - 1, lease)).isTrue();
        lease.close();
        assertThat(pin(1, lease)).isFalse();
    }

    @Test
    void allThatIsNotPinnedIsGivenBackBeforeAnybodyIsRefused() {
        memory.addReclaimer(directories);
        BlockLease lease = new BlockLease();
        keep(1);
        keep(2);
        pin(2, lease);

        assertThat(others.tryReserve(BUDGET_BYTES)).isFalse();

        assertThat(pin(1, new BlockLease())).isFalse();
        requireContent(2, lease);
        lease.close();
        memory.askReclaimers();
        assertThat(account.usedBytes()).isZero();
        assertThat(keep(1)).isNotNull();
        memory.removeReclaimer(directories);
    }

    @Test
    void whereThereIsNoMemoryNothingIsKept() {
        others.reserve(BUDGET_BYTES - memory.budget().usedBytes());
        assertThat(keep(1)).isNull();
        others.release(others.usedBytes());
        assertThat(keep(1)).isNotNull();
    }
}
