package nimble.training.role.evidence;

import nimble.blob.Blob;
import nimble.types.Hash;

/// A stage's state as a [CheckpointBlob], and its root.
public record StateBlob(Hash root, Blob blob) {}
