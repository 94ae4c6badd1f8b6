package cordwood.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What newcomers get while one waits: all that does not take from him. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class WaitingLineTest {

    private static final int MIB = 1 << 20;
    private static final int GRANULE = Chunks.GRANULE_BYTES;
    private static final int CHUNKS = 8;
    private static final int CHUNK_GRANULES = Chunk.granulesIn(MIB);

    private final Budget budget = new Budget(CHUNKS * MIB);
    private final Account account = budget.account("test");
    private final Account waiting = budget.account("waiting");
    private final Chunks chunks = new Chunks(budget, MIB, false, ChunkSource::system);

    @AfterEach
    void close() {
        chunks.close();
    }

    @Test
    void whoWaitsForBytesIsLeftTheSparsestChunkAndNewcomersTheRest() throws InterruptedException {
        Map<Chunk, List<Region>> full = fill();
        List<Region> kept = new ArrayList<>();
        for (List<Region> regions : full.values()) {
            kept.add(regions.removeFirst());
            regions.forEach(Region::close);
        }
        Thread waiter = waitFor(() -> waiting.reserve(100_000, Duration.ofDays(1)));
        int count = 0;
        while (chunks.tryRegion(account, GRANULE) != null) {
            count++;
        }
        assertThat(count).isEqualTo((CHUNKS - 1) * (CHUNK_GRANULES - 1));
        assertThatThrownBy(() -> chunks.region(account, GRANULE))
                .isInstanceOf(BudgetExceeded.class);
        assertThat(waiter.isAlive()).isTrue();
        for (Region region : kept) {
            if (region.chunk.freeGranules() > 0) {
                region.close();
            }
        }
        waiter.join();
        assertThat(waiting.usedBytes()).isEqualTo(100_000);
        waiting.release(100_000);
    }

    /** They give back and take again: each time what is not in the sparsest chunk. */
    @Test
    void whoWaitsForBytesIsNotStarvedByThoseWhoTakeAgainWhatTheyGiveBack()
            throws InterruptedException {
        List<Region> regions = new ArrayList<>();
        fill().values().forEach(regions::addAll);
        Thread waiter = waitFor(() -> waiting.reserve(MIB, Duration.ofDays(1)));
        for (int i = 0; waiter.isAlive(); i = (i + 31) % 1_000) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            if (!regions.isEmpty()) {
                regions.remove(i % regions.size()).close();
            }
            Region again = chunks.tryRegion(account, GRANULE);
            if (again != null) {
                regions.add(again);
            }
        }
        assertThat(waiting.usedBytes()).isEqualTo(MIB);
        waiting.release(MIB);
    }

    @Test
    void whoWaitsForARegionIsLeftWhatACutMayServeHimWith() throws InterruptedException {
        List<List<Region>> full = new ArrayList<>(fill().values());
        for (List<Region> regions : full) {
            regions.sort(Comparator.comparingInt(region -> region.firstGranule));
            regions.get(3).close();
        }
        Thread waiter = waitFor(() -> chunks.region(waiting, 2 * GRANULE, Duration.ofDays(1)));
        assertThat(chunks.tryRegion(account, GRANULE)).isNull();
        full.getFirst().get(4).close();
        waiter.join();
        assertThat(waiting.usedBytes()).isEqualTo(2 * GRANULE);
        assertThat(chunks.tryRegion(account, GRANULE)).isNotNull();
    }

    private interface Wait {
        void call() throws InterruptedException;
    }

    private Thread waitFor(Wait wait) {
        Thread waiter =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                wait.call();
                            } catch (InterruptedException stop) {
                                Thread.currentThread().interrupt();
                            }
                        });
        while (budget.freeBytes(null) >= 0) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            Thread.onSpinWait();
        }
        return waiter;
    }

    /** Regions of a granule each by their chunk, with no room left for more. */
    private Map<Chunk, List<Region>> fill() {
        Map<Chunk, List<Region>> full = new LinkedHashMap<>();
        for (Region region = chunks.tryRegion(account, 1); region != null; ) {
            full.computeIfAbsent(region.chunk, _ -> new ArrayList<>()).add(region);
            region = chunks.tryRegion(account, 1);
        }
        assertThat(full).hasSize(CHUNKS);
        return full;
    }
}
