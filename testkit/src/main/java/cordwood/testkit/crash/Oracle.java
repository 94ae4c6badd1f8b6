package cordwood.testkit.crash;

import cordwood.store.Commit;
import cordwood.store.Durability;
import cordwood.store.Space;
import cordwood.store.StoreException;
import cordwood.store.StoreException.Outcome;
import cordwood.store.StreamStore;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a store was told, what it promised, and so what it may show: the state after some prefix of
 * what was appended, no shorter than what was promised, without what was refused.
 *
 * <p>Batches are cut into parts, one per stream, because that is what stays whole; a prefix may end
 * between two parts of a batch.
 */
final class Oracle {

    /** What the store has to show again. */
    enum Promise {
        /** After power loss: what was acknowledged as durable, and trims at any level. */
        POWER_LOSS,
        /** After the death of the process: what was acknowledged as written, or more. */
        PROCESS_DEATH,
        /** While it is open, and after a clean close: whatever was acknowledged. */
        VISIBLE
    }

    /** What came of a batch. */
    enum Fate {
        /** May be seen or not. */
        OPEN,
        ACKNOWLEDGED,
        /** Never to be seen. */
        REFUSED,
        /** Found after a power loss: to be seen for ever. */
        RECOVERED
    }

    /** An appended batch. */
    static final class Batch {
        private final List<Operation> operations;
        private final Durability level;
        private Fate fate;
        private @Nullable Commit commit;

        private Batch(List<Operation> operations, Durability level, Fate fate) {
            this.operations = List.copyOf(operations);
            this.level = level;
            this.fate = fate;
        }

        List<Operation> operations() {
            return operations;
        }

        /** The store took it; what comes of it shows in the commit. */
        void accepted(Commit accepted) {
            commit = accepted;
        }

        /** The store acknowledged it, in another process. */
        void acknowledged() {
            fate = Fate.ACKNOWLEDGED;
        }

        /** The store did not take it. */
        void refused() {
            fate = Fate.REFUSED;
        }

        Fate fate() {
            Commit pending = commit;
            if (pending == null || !pending.isDone()) {
                return fate;
            }
            StoreException failure = pending.failure();
            return failure == null
                    ? Fate.ACKNOWLEDGED
                    : failure.outcome() == Outcome.NOT_APPLIED ? Fate.REFUSED : Fate.OPEN;
        }

        private boolean isPromised(Promise promise) {
            return switch (fate()) {
                case RECOVERED -> true;
                case OPEN, REFUSED -> false;
                case ACKNOWLEDGED -> isCovered(promise);
            };
        }

        private boolean isCovered(Promise promise) {
            return switch (promise) {
                case VISIBLE -> true;
                case PROCESS_DEATH -> level != Durability.BUFFERED || hasTrim();
                case POWER_LOSS -> level == Durability.DURABLE || hasTrim();
            };
        }

        private boolean hasTrim() {
            return operations.stream().anyMatch(Operation.Trim.class::isInstance);
        }
    }

    private record Part(Batch batch, StreamKey key, List<Operation> operations) {}

    private List<Batch> batches = new ArrayList<>();
    private final Set<StreamKey> keys = new LinkedHashSet<>();
    private final Set<Integer> attributeIds = new TreeSet<>();

    /** Notes a batch before it is appended; in the order of appends. */
    Batch append(List<Operation> operations, Durability level) {
        Batch batch = new Batch(operations, level, Fate.OPEN);
        batches.add(batch);
        for (Operation operation : operations) {
            keys.add(operation.key());
            if (operation instanceof Operation.Attribute attribute) {
                attributeIds.add(attribute.id());
            }
        }
        return batch;
    }

    /** What the store knows at this moment, unmoved by what is acknowledged later. */
    Oracle frozen() {
        Oracle copy = new Oracle();
        copy.keys.addAll(keys);
        copy.attributeIds.addAll(attributeIds);
        batches.forEach(
                batch -> copy.batches.add(new Batch(batch.operations, batch.level, batch.fate())));
        return copy;
    }

    /** Batches acknowledged, at any level, since the last recovery. */
    long acknowledged() {
        return batches.stream().filter(batch -> batch.fate() == Fate.ACKNOWLEDGED).count();
    }

    /** Batches that were promised so. */
    long promised(Promise promise) {
        return batches.stream().filter(batch -> batch.isPromised(promise)).count();
    }

    /** Checks everything the store shows against what it may show. */
    void check(StreamStore store, Promise promise) {
        prefixOf(store, promise);
    }

    /**
     * As {@link #check}, and takes what the store shows for what is there: it must never vanish
     * again, and what is missing must never come back.
     */
    void recovered(StreamStore store, Promise promise) {
        List<Part> parts = parts();
        int prefix = prefixOf(store, promise);
        List<Batch> kept = new ArrayList<>();
        for (Part part : parts.subList(0, prefix)) {
            kept.add(new Batch(part.operations, Durability.DURABLE, Fate.RECOVERED));
        }
        batches = kept;
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (Batch batch : batches) {
            if (batch.fate() == Fate.REFUSED) {
                continue;
            }
            Map<StreamKey, List<Operation>> byStream = new LinkedHashMap<>();
            for (Operation operation : batch.operations) {
                byStream.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
            }
            byStream.forEach((key, operations) -> parts.add(new Part(batch, key, operations)));
        }
        return parts;
    }

    /** How many parts the store shows; the longest such prefix where several look the same. */
    private int prefixOf(StreamStore store, Promise promise) {
        Set<Space> spaces = new LinkedHashSet<>();
        keys.forEach(key -> spaces.add(key.space()));
        StoreImage image = StoreImage.of(store, spaces, keys, attributeIds);
        List<Part> parts = parts();
        int least = 0;
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).batch.isPromised(promise)) {
                least = i + 1;
            }
        }
        BitSet possible = new BitSet();
        possible.set(least, parts.size() + 1);
        for (StreamKey key : image.keys()) {
            BitSet matching = matching(key, image.stream(key), parts);
            BitSet narrowed = (BitSet) possible.clone();
            narrowed.and(matching);
            if (narrowed.isEmpty()) {
                throw new Violation(explain(key, image, parts, least, possible, matching));
            }
            possible = narrowed;
        }
        return possible.length() - 1;
    }

    /** The prefixes after which a stream looks like this. */
    private static BitSet matching(StreamKey key, StreamState found, List<Part> parts) {
        BitSet matching = new BitSet();
        StreamState state = new StreamState();
        matching.set(0, state.digest() == found.digest());
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).key.equals(key)) {
                parts.get(i).operations.forEach(state::apply);
            }
            matching.set(i + 1, state.digest() == found.digest());
        }
        return matching;
    }

    private static String explain(
            StreamKey key,
            StoreImage image,
            List<Part> parts,
            int least,
            BitSet possible,
            BitSet matching) {
        return """
        %s shows what no allowed prefix gives.
          of %d parts at least %d were promised; other streams allow %s, this one matches %s
          against the promised prefix: %s
          against everything appended: %s\
        """
                .formatted(
                        key,
                        parts.size(),
                        least,
                        possible,
                        matching,
                        image.stream(key).differenceFrom(after(key, parts, least)),
                        image.stream(key).differenceFrom(after(key, parts, parts.size())));
    }

    /** A stream after the first parts. */
    private static StreamState after(StreamKey key, List<Part> parts, int prefix) {
        StreamState state = new StreamState();
        for (Part part : parts.subList(0, prefix)) {
            if (part.key.equals(key)) {
                part.operations.forEach(state::apply);
            }
        }
        return state;
    }
}
