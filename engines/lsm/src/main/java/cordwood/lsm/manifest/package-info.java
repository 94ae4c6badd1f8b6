/**
 * The manifest: which files belong to the store, and what is known of them. Read {@link
 * cordwood.lsm.manifest.Edit} first, then {@link cordwood.lsm.manifest.ManifestState}, {@link
 * cordwood.lsm.manifest.ManifestDescriptor} for the format, and {@link
 * cordwood.lsm.manifest.Manifest}, which keeps it.
 *
 * <p>Threading: the manifest is thread-safe; an edit is synced when the call that makes it returns.
 */
package cordwood.lsm.manifest;
