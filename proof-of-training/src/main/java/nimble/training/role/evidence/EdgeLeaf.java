package nimble.training.role.evidence;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// What crossed an edge for one micro-batch of one step: a leaf of `leftRoot` and `rightRoot` (R9).
///
/// @param down id of the blob that went to the next stage: the exact bytes on the wire
/// @param up id of what came back; empty where nothing does
public record EdgeLeaf(Hash down, Optional<Hash> up) {
  /// What follows a training step's leaves on an edge between stages: the hash of all norms.
  public static EdgeLeaf note(Norms norms) {
    return new EdgeLeaf(norms.hash(), Optional.empty());
  }

  /// `leftRoot` or `rightRoot` of a round.
  ///
  /// @param leaves step by step, micro-batches in order, with their notes
  public static Hash root(List<EdgeLeaf> leaves) {
    return Merkle.root(leaves.stream().map(EdgeLeaf::encode).toList());
  }

  /// What the Merkle list is over: `down ‖ up`, or `down` alone.
  Bytes encode() {
    return up.map(hash -> Bytes.concat(down.bytes(), hash.bytes())).orElse(down.bytes());
  }

  void write(Writer writer) {
    down.write(writer);
    writer.optional(up, Hash::write);
  }

  static EdgeLeaf read(Reader reader) throws Malformed {
    return new EdgeLeaf(Hash.read(reader), reader.optional(Hash::read));
  }
}
