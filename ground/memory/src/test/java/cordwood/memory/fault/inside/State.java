package cordwood.memory.fault.inside;

/** What an operation may meet. */
enum State {
    /** Nothing was asked for yet. */
    EMPTY {
        @Override
        void prepare(Stand stand) {}
    },
    /** The next cells but one of a size need another slab. */
    SLAB_NEARLY_FULL {
        @Override
        void prepare(Stand stand) {
            stand.allocate(stand.checked ? 20 : 255, 256);
            stand.allocate(stand.checked ? 5 : 31, 2048);
        }
    },
    /** There is room for one region and no more. */
    BUDGET_NEARLY_FULL {
        @Override
        void prepare(Stand stand) {
            stand.fillBudget();
        }
    },
    /** Cells wait to be taken in by their owner. */
    FREED_BY_OTHERS {
        @Override
        void prepare(Stand stand) throws InterruptedException {
            stand.allocate(100, 256);
            stand.allocate(100, 2048);
            stand.elsewhere(() -> {
                for (int i = 0; i < 200; i++) {
                    stand.pool.free(stand.handle(i));
                }
            });
        }
    },
    /** Cells wait for an epoch that has come. */
    RETIRED {
        @Override
        void prepare(Stand stand) {
            retire(stand);
        }
    },
    /** Cells wait for somebody who is pinned. */
    PINNED {
        @Override
        void prepare(Stand stand) {
            stand.keepTicket(stand.memory.epochs().enter());
            retire(stand);
        }
    };

    /** Whether what the operation needs comes before. */
    boolean comesLast() {
        return this == BUDGET_NEARLY_FULL;
    }

    abstract void prepare(Stand stand) throws InterruptedException;

    private static void retire(Stand stand) {
        stand.allocate(50, 256);
        for (int i = 0; i < 50; i++) {
            stand.pool.retire(stand.handle(i));
        }
        for (int i = 0; i < 3; i++) {
            stand.memory.epochs().retire(8, stand.action);
            stand.actionsRetired++;
        }
    }
}
