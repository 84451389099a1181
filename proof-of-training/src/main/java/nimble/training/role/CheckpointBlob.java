package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.vm.StageSpec;
import nimble.vm.StageState;
import nimble.vm.StateManifest;

/// A stage's state as a blob: the length and bytes of its [StateManifest], then the state's chunks.
public final class CheckpointBlob {
  private CheckpointBlob() {}

  static Outcome.Exported export(StageState state) {
    StateManifest contents = state.manifest();
    List<Bytes> parts = new ArrayList<>();
    Bytes head = Writer.encode(contents::write);
    parts.add(Writer.encode(writer -> writer.bytes(head, Manifest.CHUNK_BYTES)));
    for (int i = 0; i < contents.chunks().size(); i++) {
      parts.add(state.chunk(i));
    }
    Bytes blob = Bytes.concat(parts.toArray(Bytes[]::new));
    List<Bytes> chunks = new ArrayList<>();
    for (int at = 0; at < blob.size(); at += Manifest.CHUNK_BYTES) {
      chunks.add(blob.slice(at, Math.min(blob.size(), at + Manifest.CHUNK_BYTES)));
    }
    return new Outcome.Exported(
        new Manifest(blob.size(), chunks.stream().map(Manifest::chunkHash).toList()), chunks);
  }

  /// The state in `blob`, which its caller closes. Every chunk is checked.
  public static StageState load(StageSpec spec, Bytes blob) throws Malformed {
    Reader reader = new Reader(blob);
    Bytes head = reader.bytes(Manifest.CHUNK_BYTES);
    StateManifest contents = Reader.decode(head, StateManifest::read);
    List<Bytes> chunks = new ArrayList<>();
    long left = reader.remaining();
    // Weights, first and second moments: each a run of whole chunks and a shorter last one.
    long section = (long) contents.parameters() * Float.BYTES;
    if (left != 3 * section) {
      throw new Malformed("%d bytes of state, must be %d".formatted(left, 3 * section));
    }
    for (int part = 0; part < 3; part++) {
      for (long at = 0; at < section; at += StateManifest.CHUNK_BYTES) {
        chunks.add(reader.fixed((int) Math.min(StateManifest.CHUNK_BYTES, section - at)));
      }
    }
    return StageState.restore(spec, contents, chunks::get);
  }
}
