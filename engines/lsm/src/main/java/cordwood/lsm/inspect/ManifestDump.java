package cordwood.lsm.inspect;

import cordwood.files.Disk;
import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.ManifestContent;
import cordwood.lsm.manifest.ManifestReader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Shows a manifest: its frames and their edits. */
final class ManifestDump {

    private ManifestDump() {}

    static void run(Disk disk, Path path, InspectionMemory memory, Listing listing) {
        ManifestContent content =
                ManifestReader.read(
                        disk,
                        path,
                        memory.chunks(),
                        memory.buffers(),
                        new ManifestReader.Visitor() {
                            @Override
                            public void header(Supplier<String> fields) {
                                listing.add(() -> "  @0 header " + fields.get());
                            }

                            @Override
                            public void frame(
                                    long offset, Supplier<String> fields, List<Edit> edits) {
                                listing.add(() -> "  @%d frame %s".formatted(offset, fields.get()));
                                edits.forEach(edit -> listing.add(() -> "    " + edit));
                            }
                        });
        listing.add(() ->
                "  @%d end%s"
                        .formatted(
                                content.endBytes(),
                                content.torn()
                                        ? ": behind it a torn edit that does not count"
                                        : ""));
    }
}
