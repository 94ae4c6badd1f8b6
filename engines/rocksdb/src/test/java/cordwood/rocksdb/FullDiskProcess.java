package cordwood.rocksdb;

import cordwood.testkit.Seed;
import java.nio.file.Path;

/** The process of {@link FullDiskTest}: one {@link FullDiskLife} in a directory given. */
final class FullDiskProcess {

    private FullDiskProcess() {}

    static void main(String... arguments) {
        Seed seed = new Seed(Long.parseLong(arguments[1]));
        System.out.println(new FullDiskLife(Path.of(arguments[0]), seed).run());
    }
}
