package cordwood.memory.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.TestMemory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has a shard, and how others come to it. What Errors do to claims is in the error sweep. */
final class ShardTest {

    private final Memory memory = TestMemory.unattended(8 << 20);
    private final Account account = memory.budget().account("test");
    private final SizeClasses classes = new SizeClasses(List.of(256));
    private final SlabTable table =
            new SlabTable(memory.chunks(), account, HandleSeries.open(), false);
    private final Shard shard = new Shard(0, table, classes);

    @AfterEach
    void close() {
        table.close();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    @Test
    void takenShardIsBusyForOthers() {
        assertThat(shard.takeOver()).isTrue();
        assertThat(shard.allocate(0)).isEqualTo(Shard.BUSY);
        OtherThread.run(() -> assertThat(shard.allocate(0)).isEqualTo(Shard.BUSY));
        assertThat(shard.takeOver()).isFalse();
        shard.giveBack();
        assertThat(shard.allocate(0)).isZero();
    }

    @Test
    void operationThatFailsLeavesTheShardToTheNext() {
        Slab slab = furnish();
        long handle = shard.allocate(0);
        assertThatThrownBy(() -> shard.free(broken(), handle)).isInstanceOf(RuntimeException.class);
        assertThat(shard.isFree()).isFalse();
        OtherThread.run(() -> assertThat(shard.free(slab, handle)).isEqualTo(1));
        assertThat(shard.isFree()).isTrue();
        assertThat(inUse()).isZero();
    }

    @Test
    void shardThatAFailureLeftIsTrimmedByUpkeep() {
        furnish();
        long handle = shard.allocate(0);
        assertThatThrownBy(() -> shard.free(broken(), handle)).isInstanceOf(RuntimeException.class);
        shard.upkeep();
        assertThat(shard.isFree()).isTrue();
        assertThat(inUse()).isEqualTo(1);
    }

    @Test
    void idleLeaseIsVisitedAndGoesOnAfterwards() {
        ShardLocal local = leasedByOther();
        assertThat(shard.takeOver()).isTrue();
        assertThat(local.isAsked()).isTrue();
        assertThat(shard.enter(local)).isFalse();
        shard.giveBack();
        assertThat(shard.isLeased()).isTrue();
        assertThat(shard.enter(local)).isTrue();
        shard.endLease();
        assertThat(shard.isFree()).isTrue();
    }

    @Test
    void leaseThatEndsWhileItIsVisitedEndsWithTheVisit() {
        leasedByOther();
        assertThat(shard.takeOver()).isTrue();
        shard.endLease();
        assertThat(shard.isFree()).isFalse();
        shard.giveBack();
        assertThat(shard.isFree()).isTrue();
    }

    @Test
    void leaseOfTheSameThreadAnewIsNotTheOneThatWasAskedBefore() {
        ShardLocal first = local();
        assertThat(shard.tryLease(first)).isTrue();
        shard.endLease();
        ShardLocal second = local();
        assertThat(shard.tryLease(second)).isTrue();
        assertThat(shard.enter(first)).isFalse();
        assertThat(shard.enter(second)).isTrue();
        shard.endLease();
    }

    @Test
    void grantedShardIsTakenOverFromALeaseholderAtWork() {
        ShardLocal mine = local();
        assertThat(shard.tryLease(mine)).isTrue();
        shard.grant();
        assertThat(shard.takeOver()).isTrue();
        assertThat(shard.enter(mine)).isFalse();
        shard.giveBack();
        assertThat(shard.enter(mine)).isTrue();
        shard.endLease();
    }

    /** By a thread that is dead when this answers. */
    private ShardLocal leasedByOther() {
        return OtherThread.call(() -> {
            ShardLocal local = local();
            assertThat(shard.tryLease(local)).isTrue();
            return local;
        });
    }

    private Slab furnish() {
        Slab slab = table.addInsisting(shard.bin(0));
        shard.bin(0).offer(slab);
        return slab;
    }

    /** No slab: whatever is done with it fails in the middle of the operation. */
    @SuppressWarnings("NullAway")
    private static Slab broken() {
        return null;
    }

    /** Of no pool, which it needs for more than is done with it here. */
    @SuppressWarnings("NullAway")
    private ShardLocal local() {
        return new ShardLocal(null, classes, table);
    }

    private long inUse() {
        return shard.stats(table.deferredByBin()).bins().getFirst().inUse();
    }
}
