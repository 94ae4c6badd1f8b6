package cordwood.lsm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import cordwood.files.Disk;
import cordwood.files.DiskFile;
import cordwood.lsm.format.FileNames;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a test does to the files of a closed store, and how it sees that nobody else did. */
final class Damage {

    private Damage() {}

    static byte[] read(Disk disk, Path file) {
        try (DiskFile open = disk.openReadOnly(file)) {
            MemorySegment bytes = MemorySegment.ofArray(new byte[(int) open.sizeBytes()]);
            open.read(0, bytes.asByteBuffer());
            return bytes.toArray(JAVA_BYTE);
        }
    }

    static void overwrite(Disk disk, Path file, long offset, byte[] bytes) {
        try (DiskFile open = disk.open(file)) {
            open.write(offset, MemorySegment.ofArray(bytes).asByteBuffer());
        }
    }

    static void flip(Disk disk, Path file, long bit) {
        try (DiskFile open = disk.open(file)) {
            MemorySegment one = MemorySegment.ofArray(new byte[1]);
            open.read(bit / 8, one.asByteBuffer());
            one.set(JAVA_BYTE, 0, (byte) (one.get(JAVA_BYTE, 0) ^ 1 << (bit % 8)));
            open.write(bit / 8, one.asByteBuffer());
        }
    }

    static void truncate(Disk disk, Path file, long sizeBytes) {
        try (DiskFile open = disk.open(file)) {
            open.truncate(sizeBytes);
        }
    }

    static void copy(Disk disk, Path from, Path to) {
        byte[] bytes = read(disk, from);
        try (DiskFile open = disk.create(to)) {
            open.write(0, MemorySegment.ofArray(bytes).asByteBuffer());
        }
    }

    static void swap(Disk disk, Path one, Path other) {
        Path aside = one.resolveSibling("aside");
        disk.rename(one, aside);
        disk.rename(other, one);
        disk.rename(aside, other);
    }

    /** The files of a kind, sorted by name: {@code ".wal"}, {@code ".table"}. */
    static List<Path> files(Disk disk, Path directory, String ending) {
        return disk.list(directory).stream().filter(p -> p.toString().endsWith(ending)).toList();
    }

    static Path manifest(Path directory) {
        return directory.resolve(FileNames.MANIFEST);
    }

    /** Content of all files but the lock, by name. */
    static Map<String, List<Byte>> image(Disk disk, Path directory) {
        Map<String, List<Byte>> image = new TreeMap<>();
        for (Path file : disk.list(directory)) {
            if (!file.endsWith("LOCK")
                    && !file.endsWith(FileNames.RESERVE)
                    && !file.endsWith(FileNames.MANIFEST_SPARE)) {
                image.put(file.getFileName().toString(), boxed(read(disk, file)));
            }
        }
        return image;
    }

    private static List<Byte> boxed(byte[] bytes) {
        Byte[] boxed = new Byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            boxed[i] = bytes[i];
        }
        return List.of(boxed);
    }
}
