package cordwood.bench.alloc;

import java.util.Map;

/** Nothing: what the workload and the timer cost by themselves. */
record EmptyContender() implements Contender {

    static final String NAME = "empty";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String describe(Map<String, String> options) {
        return "nothing";
    }

    @Override
    public Stand open(AllocConfig config) {
        OwnCode cells = new OwnCode(EmptyCells.class);
        return new Stand() {
            @Override
            public Cells<?> producerCells() {
                return cells.instance(Cells.class);
            }

            @Override
            public Cells<?> consumerCells() {
                return producerCells();
            }

            @Override
            public void close() {}
        };
    }
}
