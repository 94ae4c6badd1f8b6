package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An overflow of the stack anywhere leaves the accounts exact and everything to be had. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class StackEndTest {

    private static final int MIB = 1 << 20;

    @Test
    void reservationsAtTheEndOfTheStackLeaveTheAccountsExact() throws InterruptedException {
        Budget budget = new Budget(100);
        Account account = budget.account("a");
        long[] held = new long[1];
        int overflows =
                StackEnd.sweep(() -> {
                    account.reserve(1);
                    held[0]++;
                    account.release(1);
                    held[0]--;
                });
        assertThat(overflows).isPositive();
        assertThat(account.usedBytes()).isEqualTo(held[0]);
        assertExact(budget);
        account.release(held[0]);
        account.reserve(100);
    }

    @Test
    void regionsAtTheEndOfTheStackAreNotLost() throws InterruptedException {
        Memory memory = TestMemory.unattended(8 * MIB);
        Account account = memory.budget().account("a");
        int overflows =
                StackEnd.sweep(() -> {
                    try (Region region = memory.chunks().region(account, 100_000)) {
                        region.shrink(10);
                    }
                });
        assertThat(overflows).isPositive();
        assertThat(memory.chunks().tryRegion(account, 8 * MIB)).isNull();
        assertEverythingCanBeHad(memory, account);
    }

    @Test
    void chunksMadeAndClosedAtTheEndOfTheStackAreNotLost() throws InterruptedException {
        Memory memory =
                Memory.unattended(new MemoryOptions(MIB, 1 << 17, false), ChunkSource::system);
        Account account = memory.budget().account("a");
        int overflows =
                StackEnd.sweep(() -> {
                    memory.chunks().region(account, 200_000).close();
                    account.reserve(MIB);
                    account.release(MIB);
                });
        assertThat(overflows).isPositive();
        account.release(account.usedBytes());
        assertEverythingCanBeHad(memory, account);
    }

    @Test
    void makerAndUpkeepServeAfterCallersOverflowed() throws InterruptedException {
        Memory memory = Memory.open(new MemoryOptions(8 * MIB, MIB, false));
        Account account = memory.budget().account("a");
        List<Region> kept = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            StackEnd.sweep(() -> keep(kept, memory.chunks().tryRegion(account, 100_000)));
            kept.forEach(Region::close);
            kept.clear();
        }
        assertThat(memory.upkeepFailure()).isNull();
        memory.close();
        assertThat(memory.budget().usedBytes()).isEqualTo(account.usedBytes());
    }

    @Test
    void upkeepAndCloseAtTheEndOfTheStackCanBeRepeated() throws InterruptedException {
        Memory memory = TestMemory.unattended(8 * MIB);
        Account account = memory.budget().account("a");
        memory.chunks().region(account, 100_000);
        assertThat(StackEnd.sweep(() -> TestMemory.runUpkeep(memory))).isPositive();
        assertThat(StackEnd.sweep(memory::close)).isPositive();
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
    }

    private static void keep(List<Region> kept, @Nullable Region region) {
        if (region != null) {
            kept.add(region);
        }
    }

    private static void assertEverythingCanBeHad(Memory memory, Account account) {
        assertExact(memory.budget());
        assertThat(memory.budget().usedBytes()).isEqualTo(memory.chunks().nativeBytes());
        assertThat(memory.chunks().openRegions()).isZero();
        memory.chunks().region(account, memory.budget().capBytes() / 8 * 7).close();
        account.reserve(memory.budget().capBytes());
        account.release(memory.budget().capBytes());
        memory.close();
        assertThat(memory.budget().usedBytes()).isZero();
        assertThat(memory.chunks().nativeBytes()).isZero();
    }

    private static void assertExact(Budget budget) {
        long sum = budget.accounts().stream().mapToLong(Account::usedBytes).sum();
        assertThat(sum).isEqualTo(budget.usedBytes());
    }
}
