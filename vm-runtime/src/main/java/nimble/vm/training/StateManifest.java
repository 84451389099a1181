package nimble.vm.training;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.types.Hash;
import nimble.vm.StageSpec;

/// What a stage's state consists of (T6): its counters and the SHA-256 of its chunks. The chunks
/// are the weights, the first moments and the second moments, in this order, each cut by itself
/// into pieces of [#CHUNK_BYTES] (the last may be shorter) of little-endian fp32 in layout order.
///
/// @param step steps behind it, also those that changed nothing
/// @param power1Bits fp64, β₁ to the number of updates
public record StateManifest(
    long step, long power1Bits, long power2Bits, int parameters, List<Hash> chunks) {
  public static final int CHUNK_BYTES = 1 << 20;
  public static final int CHUNKS_MAX = 3 * 2048;

  private static final int VERSION = 1;
  private static final int SECTIONS = 3;

  public StateManifest {
    chunks = List.copyOf(chunks);
    Problems.none(problems(step, parameters, chunks));
  }

  /// The Merkle list of the counters' encoding and the chunks' hashes.
  public Hash root() {
    List<Bytes> items = new ArrayList<>();
    items.add(Writer.encode(this::writeCounters));
    chunks.forEach(chunk -> items.add(chunk.bytes()));
    return Merkle.root(items);
  }

  public void write(Writer writer) {
    writeCounters(writer);
    writer.list(chunks, CHUNKS_MAX, Hash::write);
  }

  public static StateManifest read(Reader reader) throws Malformed {
    reader.version(VERSION);
    long step = reader.i64();
    long power1 = reader.u64();
    long power2 = reader.u64();
    int parameters = reader.length((int) StageSpec.PARAMETERS_MAX);
    List<Hash> chunks = reader.list(CHUNKS_MAX, Hash::read);
    Problems.refuse(problems(step, parameters, chunks));
    return new StateManifest(step, power1, power2, parameters, chunks);
  }

  /// Bytes of chunk `index`.
  int chunkBytes(int index) {
    return Math.min(CHUNK_BYTES, parameters * Float.BYTES - place(index) * CHUNK_BYTES);
  }

  /// 0 for weights, 1 and 2 for the moments.
  int section(int index) {
    return index / perSection(parameters);
  }

  /// The chunk's place in its section.
  int place(int index) {
    return index % perSection(parameters);
  }

  static int perSection(int parameters) {
    return Math.ceilDiv(parameters, CHUNK_BYTES / Float.BYTES);
  }

  private static List<Problem> problems(long step, int parameters, List<Hash> chunks) {
    Problems problems = new Problems();
    problems.range("step", step, 0, Long.MAX_VALUE);
    problems.range("parameters", parameters, 1, StageSpec.PARAMETERS_MAX);
    int expected = SECTIONS * perSection(parameters);
    problems.range("chunks", chunks.size(), expected, expected);
    return problems.list();
  }

  private void writeCounters(Writer writer) {
    writer.u8(VERSION).i64(step).u64(power1Bits).u64(power2Bits).u32(parameters);
  }
}
