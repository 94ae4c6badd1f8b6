package cordwood.lsm;

import cordwood.lsm.manifest.Edit;
import cordwood.lsm.manifest.Manifest;
import cordwood.lsm.wal.SegmentRegister;
import java.util.List;

/** Puts segments on record in the manifest. */
record ManifestRegister(Manifest manifest) implements SegmentRegister {

    @Override
    public long nextNumber() {
        return manifest.nextNumber();
    }

    @Override
    public void add(List<Long> numbers) {
        manifest.append(
                numbers.stream().map(number -> (Edit) new Edit.AddSegment(number)).toList());
    }
}
