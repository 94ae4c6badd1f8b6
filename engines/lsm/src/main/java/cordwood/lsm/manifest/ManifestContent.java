package cordwood.lsm.manifest;

import cordwood.lsm.format.FileHeader;

/**
 * What a manifest's file says.
 *
 * @param state the sum of its edits
 * @param frames intact frames in it
 * @param endBytes where the next one would go
 * @param torn whether there is something behind the end: an edit that never counted
 */
public record ManifestContent(
        FileHeader header, ManifestState state, long frames, long endBytes, boolean torn) {}
