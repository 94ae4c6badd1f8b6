package cordwood.baseline;

/** The contract on the model that applies a batch stream by stream. */
final class SplitModelStoreTest extends ModelStoreTest {

    @Override
    boolean splitBatches() {
        return true;
    }
}
