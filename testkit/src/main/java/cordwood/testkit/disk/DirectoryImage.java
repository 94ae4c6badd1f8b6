package cordwood.testkit.disk;

import cordwood.testkit.disk.PendingChange.Kind;
import cordwood.testkit.disk.Survival.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The names in one directory twice: as processes see them, and as the device holds them. */
final class DirectoryImage implements Node {

    /** One atomic change of names: takes one away, adds one, or both. */
    private record EntryChange(
            long order, @Nullable String gone, @Nullable String added, Node node) {

        void apply(Map<String, Node> entries) {
            if (gone != null && entries.get(gone) == node) {
                entries.remove(gone);
            }
            if (added != null) {
                entries.put(added, node);
            }
        }

        PendingChange asPending() {
            String text =
                    gone == null ? "+" + added : added == null ? "-" + gone : gone + " to " + added;
            return new PendingChange(order, Kind.ENTRY, text, -1);
        }
    }

    private final SortedMap<String, Node> current;
    private final SortedMap<String, Node> stored;
    private final List<EntryChange> unsynced = new ArrayList<>();

    DirectoryImage() {
        this(new TreeMap<>());
    }

    private DirectoryImage(SortedMap<String, Node> entries) {
        current = entries;
        stored = new TreeMap<>(entries);
    }

    SortedMap<String, Node> entries() {
        return current;
    }

    void add(String name, Node node, long order) {
        change(new EntryChange(order, null, name, node));
    }

    void remove(String name, Node node, long order) {
        change(new EntryChange(order, name, null, node));
    }

    void rename(String from, String to, Node node, long order) {
        change(new EntryChange(order, from, to, node));
    }

    private void change(EntryChange change) {
        change.apply(current);
        unsynced.add(change);
    }

    /** Adds a name that is stored at once. */
    void addStored(String name, Node node) {
        current.put(name, node);
        stored.put(name, node);
    }

    void sync() {
        unsynced.forEach(change -> change.apply(stored));
        unsynced.clear();
    }

    /** What a sync does that the device fails: the names stay visible and are never stored. */
    void failSync() {
        unsynced.clear();
    }

    void addPending(List<PendingChange> changes) {
        unsynced.forEach(change -> changes.add(change.asPending()));
        current.values().forEach(node -> addPending(node, changes));
    }

    private static void addPending(Node node, List<PendingChange> changes) {
        switch (node) {
            case FileImage file -> file.addPending(changes);
            case DirectoryImage directory -> directory.addPending(changes);
        }
    }

    /**
     * The directory as found after a power loss; this one stays as it is.
     *
     * @param found gives the image of a file or directory after the power loss, the same each time
     */
    DirectoryImage afterPowerLoss(Survival survival, Function<Node, Node> found) {
        SortedMap<String, Node> kept = new TreeMap<>(stored);
        for (EntryChange change : unsynced) {
            if (survival.fate(change.asPending()) == Fate.KEPT) {
                change.apply(kept);
            }
        }
        kept.replaceAll((_, node) -> found.apply(node));
        return new DirectoryImage(kept);
    }

    long fingerprint() {
        long hash = 1;
        for (Map.Entry<String, Node> entry : stored.entrySet()) {
            long content =
                    switch (entry.getValue()) {
                        case FileImage file -> file.fingerprint();
                        case DirectoryImage directory -> directory.fingerprint();
                    };
            hash = (hash * 31 + entry.getKey().hashCode()) * 0xC2B2AE3D27D4EB4FL + content;
        }
        return hash;
    }
}
