package cordwood.memory.nativemodes;

final class SmallPoolContractTest extends CellPoolContract {
    SmallPoolContractTest() {
        super("small_pool");
    }
}
