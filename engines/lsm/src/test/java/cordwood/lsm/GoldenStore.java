package cordwood.lsm;

import cordwood.files.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The store whose files are kept for each version of the format, in a zip because most of them are
 * preallocated zeros. What is in it follows from {@link SampleStore}.
 *
 * <p>A file that is kept is never written again: a release that reads it today must read it for
 * ever. A new version of the format gets a folder of its own.
 */
final class GoldenStore {

    private GoldenStore() {}

    /**
     * Makes the files of the current version.
     *
     * @param arguments the zip to write
     */
    public static void main(String[] arguments) throws IOException {
        Path made = Files.createTempDirectory("golden");
        SampleStore.writeOfEveryCodec(Disk.real(), made);
        try (Stream<Path> files = Files.list(made)) {
            zip(
                    files.filter(file -> !file.endsWith("LOCK")).sorted().toList(),
                    Path.of(arguments[0]));
        }
    }

    private static void zip(List<Path> files, Path target) throws IOException {
        try (OutputStream out = Files.newOutputStream(target);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Path file : files) {
                ZipEntry entry = new ZipEntry(file.getFileName().toString());
                entry.setLastModifiedTime(FileTime.fromMillis(0));
                zip.putNextEntry(entry);
                zip.write(Files.readAllBytes(file));
                zip.closeEntry();
            }
        }
    }

    /** Lays the files of a version out in an empty directory. */
    static void unpack(int version, Path directory) throws IOException {
        String name = "/golden/format-" + version + "/store.zip";
        try (InputStream in = GoldenStore.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            ZipInputStream zip = new ZipInputStream(in);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.write(directory.resolve(entry.getName()), zip.readAllBytes());
            }
        }
    }
}
