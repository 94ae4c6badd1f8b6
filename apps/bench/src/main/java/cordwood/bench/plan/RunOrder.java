package cordwood.bench.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * A run's place in a plan.
 *
 * @param store index of the store among those asked for
 * @param repeat which repetition, from 1
 */
record RunOrder(int store, int repeat) {

    /**
     * Every store in every repeat: one of each before any comes again, in the order given, and in
     * the reverse order on every second repeat, so that no store always runs first on a fresh disk.
     */
    static List<RunOrder> interleaved(int storeCount, int repeatCount) {
        List<RunOrder> order = new ArrayList<>();
        for (int repeat = 1; repeat <= repeatCount; repeat++) {
            for (int i = 0; i < storeCount; i++) {
                order.add(new RunOrder(repeat % 2 == 1 ? i : storeCount - 1 - i, repeat));
            }
        }
        return order;
    }
}
