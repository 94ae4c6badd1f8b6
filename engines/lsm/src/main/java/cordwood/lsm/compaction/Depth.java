package cordwood.lsm.compaction;

import cordwood.lsm.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Finds where most tables lie upon each other. */
final class Depth {

    private Depth() {}

    /** The most tables between whose first and last record one and the same place is. */
    static List<Table> deepest(List<Table> tables) {
        List<Table> byFirst = new ArrayList<>(tables);
        byFirst.sort(Table.BY_FIRST_RECORD);
        PriorityQueue<Table> open =
                new PriorityQueue<>(Math.max(1, tables.size()), Table.BY_LAST_RECORD);
        int most = 0;
        Table deepest = null;
        for (Table table : byFirst) {
            while (!open.isEmpty() && !table.startsBefore(open.peek())) {
                open.remove();
            }
            open.add(table);
            if (open.size() > most) {
                most = open.size();
                deepest = table;
            }
        }
        return deepest == null ? List.of() : around(deepest, tables);
    }

    /** The tables that hold the place where one begins. */
    private static List<Table> around(Table at, List<Table> tables) {
        List<Table> around = new ArrayList<>();
        for (Table table : tables) {
            if (Table.BY_FIRST_RECORD.compare(table, at) <= 0 && at.startsBefore(table)) {
                around.add(table);
            }
        }
        return around;
    }
}
