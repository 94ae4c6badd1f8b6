package cordwood.memory.nativemodes;

final class MimallocContractTest extends CellPoolContract {
    MimallocContractTest() {
        super("mimalloc");
    }
}
