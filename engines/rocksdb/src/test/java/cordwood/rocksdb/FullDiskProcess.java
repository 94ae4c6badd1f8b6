package cordwood.rocksdb;

import cordwood.testkit.Seed;
import java.nio.file.Path;

/**
 * The process of {@link FullDiskTest}: one {@link FullDiskLife} on the disk given, or of a store
 * elsewhere that has its log there.
 */
final class FullDiskProcess {

    private FullDiskProcess() {}

    static void main(String... arguments) {
        Seed seed = new Seed(Long.parseLong(arguments[1]));
        Path disk = Path.of(arguments[0]);
        System.out.println(
                arguments.length == 2
                        ? new FullDiskLife(disk, seed).run()
                        : new FullDiskLife(disk, Path.of(arguments[2]), seed).runWithLogApart());
    }
}
