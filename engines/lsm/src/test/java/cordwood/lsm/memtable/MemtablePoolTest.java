package cordwood.lsm.memtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cordwood.lsm.format.Regions;
import cordwood.memory.Account;
import cordwood.memory.Memory;
import cordwood.memory.MemoryOptions;
import cordwood.memory.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slots when memory is refused. */
final class MemtablePoolTest {

    private static final long BUDGET_BYTES = 32L << 20;
    private static final long SLOT_BYTES = 1L << 20;

    private final Memory memory = Memory.open(MemoryOptions.ofBudget(BUDGET_BYTES));
    private final Account others = memory.budget().account("others");
    private final MemtablePool pool =
            new MemtablePool(
                    memory.chunks(),
                    memory.budget().account("memtables"),
                    memory.budget().account("index"),
                    SLOT_BYTES,
                    2,
                    0);

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void aSlotThatWasRefusedIsHadOnceThereIsMemory() {
        others.reserve(BUDGET_BYTES);
        assertThat(pool.tryTake()).isNull();
        assertThat(pool.hasIdle()).isFalse();
        assertThat(pool.makeReady()).isFalse();
        others.release(BUDGET_BYTES);
        assertThat(pool.makeReady()).isTrue();
        assertThat(pool.hasIdle()).isTrue();
        assertThat(pool.tryTake()).isNotNull();
        assertThat(pool.tryTake()).as("as many as ever").isNotNull();
        assertThat(pool.tryTake()).isNull();
    }

    private @Nullable Region takeSlot() {
        return Regions.tryTake(memory.chunks(), others, SLOT_BYTES);
    }

    @Test
    void whetherASlotWillComeIsKnown() {
        assertThat(pool.tryTake()).isNotNull();
        List<Region> rest = new ArrayList<>();
        for (Region region = takeSlot(); region != null; region = takeSlot()) {
            rest.add(region);
        }
        assertThat(pool.prepare()).isFalse();
        assertThat(pool.noneWillCome()).isTrue();

        rest.forEach(Region::close);
        assertThat(pool.prepare()).isTrue();
        assertThat(pool.noneWillCome()).isFalse();
        assertThat(pool.tryTake()).isNotNull();
        assertThat(pool.noneWillCome()).as("one of two comes back").isFalse();
    }

    @Test
    void aSlotThatCouldNotBeTakenIsNotCounted() {
        memory.close();
        assertThatThrownBy(pool::prepare).isInstanceOf(IllegalStateException.class);
        assertThat(pool.noneWillCome()).as("the only one there is").isFalse();
    }
}
