package cordwood.memory.nativemodes;

final class SystemContractTest extends CellPoolContract {
    SystemContractTest() {
        super("system");
    }
}
