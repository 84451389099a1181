package nimble.training.role.miner;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.StateBlob;
import nimble.types.Hash;

/// A stage's state that is kept: its root, and where its
/// [nimble.training.role.evidence.CheckpointBlob] is.
record StateName(Hash root, BlobName blob) {
  static StateName of(StateBlob state) {
    return new StateName(state.root(), BlobName.of(state.blob()));
  }

  Bytes encode() {
    return Writer.encode(writer -> {
      root.write(writer);
      blob.write(writer);
    });
  }

  static StateName decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, reader -> new StateName(Hash.read(reader), BlobName.read(reader)));
  }
}
