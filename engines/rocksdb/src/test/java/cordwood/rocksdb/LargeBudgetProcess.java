package cordwood.rocksdb;

import cordwood.testkit.Seed;
import java.nio.file.Path;

/** The process of {@link FullDiskTest}: a {@link FullDiskLife} with more memory than disk. */
final class LargeBudgetProcess {

    private LargeBudgetProcess() {}

    static void main(String... arguments) {
        Seed seed = new Seed(Long.parseLong(arguments[1]));
        System.out.println(new FullDiskLife(Path.of(arguments[0]), seed).runWithLargeBudget());
    }
}
