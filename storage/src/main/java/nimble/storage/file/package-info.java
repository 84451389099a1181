/// Storage on plain files: the data directory, the vote log's segments, and blobs. Names become
/// durable by syncing their directory, contents by syncing the file, always in that order of need:
/// contents first.
@NullMarked
package nimble.storage.file;

import org.jspecify.annotations.NullMarked;
