package nimble.training.role.evidence;

import java.util.ArrayList;
import java.util.List;
import nimble.blob.Blob;
import nimble.blob.Manifest;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.Layout;
import nimble.vm.StageSpec;
import nimble.vm.audit.Evidence.Start.Kept;
import nimble.vm.training.StageState;
import nimble.vm.training.StateManifest;

/// A stage's state as a blob: the length and bytes of its [StateManifest], then the state's chunks.
public final class CheckpointBlob {
  /// Lengths of the head and of its list, version, counters.
  private static final int HEAD_BYTES = 4 + 1 + 3 * Long.BYTES + 4 + 4;

  private CheckpointBlob() {}

  public static StateBlob export(StageState state) {
    StateManifest contents = state.manifest();
    List<Bytes> parts = new ArrayList<>();
    Bytes head = Writer.encode(contents::write);
    parts.add(Writer.encode(writer -> writer.bytes(head, Manifest.CHUNK_BYTES)));
    for (int i = 0; i < contents.chunks().size(); i++) {
      parts.add(state.chunk(i));
    }
    return new StateBlob(contents.root(), Blob.of(parts));
  }

  /// Of every blob of the stage's states.
  public static long bytes(StageSpec spec) {
    int parameters = Layout.of(spec).count();
    int chunks = 3 * Math.ceilDiv(parameters * Float.BYTES, StateManifest.CHUNK_BYTES);
    return HEAD_BYTES + (long) chunks * Hash.SIZE + 3L * parameters * Float.BYTES;
  }

  /// The state in `blob`, which its caller closes. Every chunk is checked.
  public static StageState load(StageSpec spec, ByteSource blob, Hash root) throws Malformed {
    Kept kept = read(spec, blob);
    if (!kept.manifest().root().equals(root)) {
      throw new Malformed("the state has another root");
    }
    return StageState.restore(spec, kept.manifest(), kept.chunks()::get);
  }

  /// Whether `blob` is the state with that root, every chunk of it.
  public static boolean holds(StageSpec spec, ByteSource blob, Hash root) {
    try {
      Kept state = read(spec, blob);
      boolean right = state.manifest().root().equals(root);
      for (int i = 0; i < state.chunks().size(); i++) {
        Hash chunk = Hashing.sha256(state.chunks().get(i));
        right &= chunk.equals(state.manifest().chunks().get(i));
      }
      return right;
    } catch (Malformed e) {
      return false;
    }
  }

  /// What is in `blob`: the chunks are of the right sizes, and not checked otherwise. They are read
  /// when they are asked for.
  public static Kept read(StageSpec spec, ByteSource blob) throws Malformed {
    if (blob.length() != bytes(spec)) {
      throw new Malformed("%d bytes of state, must be %d".formatted(blob.length(), bytes(spec)));
    }
    long length = new Reader(blob.read(0, Integer.BYTES)).u32();
    if (length > Math.min(Manifest.CHUNK_BYTES, blob.length() - Integer.BYTES)) {
      throw new Malformed("a head of %d bytes".formatted(length));
    }
    StateManifest contents =
        Reader.decode(blob.read(Integer.BYTES, (int) length), StateManifest::read);
    // Weights, first and second moments: each a run of whole chunks and a shorter last one.
    long section = (long) contents.parameters() * Float.BYTES;
    long start = Integer.BYTES + length;
    if (blob.length() - start != 3 * section) {
      throw new Malformed(
          "%d bytes of numbers, must be %d".formatted(blob.length() - start, 3 * section));
    }
    int inSection = (int) Math.ceilDiv(section, StateManifest.CHUNK_BYTES);
    return new Kept(
        contents,
        new OnDemand<>(
            3 * inSection,
            index -> {
              long from = (long) (index % inSection) * StateManifest.CHUNK_BYTES;
              int size = (int) Math.min(StateManifest.CHUNK_BYTES, section - from);
              return blob.read(start + index / inSection * section + from, size);
            }));
  }
}
