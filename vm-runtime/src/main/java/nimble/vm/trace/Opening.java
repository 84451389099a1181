package nimble.vm.trace;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// Blocks in a row of one tensor, and what proves them against its root.
///
/// @param first block
/// @param words of the blocks, little-endian; only a tensor's last block may be short
public record Opening(int tensor, int first, Bytes words, List<Hash> path) {
  public static final int BYTES_MAX = 64 * 1024;
  public static final int PATH_MAX = 64;

  public Opening {
    path = List.copyOf(path);
  }

  /// The root of a tensor of `elements` that this leads to; empty when it does not fit.
  public Optional<Hash> root(int elements) {
    int blocks = TensorTree.blocks(elements);
    int opened = Math.ceilDiv(words.size(), TensorTree.BLOCK * Float.BYTES);
    if (opened == 0 || first < 0 || first > blocks - opened || words.size() != bytes(elements)) {
      return Optional.empty();
    }
    return RangeProof.root(blocks, first, TensorTree.leaves(words), path);
  }

  /// Of the blocks that are opened, in a tensor of `elements`.
  private int bytes(int elements) {
    int opened = Math.ceilDiv(words.size(), TensorTree.BLOCK * Float.BYTES);
    int end = Math.min(elements, (first + opened) * TensorTree.BLOCK);
    return (end - first * TensorTree.BLOCK) * Float.BYTES;
  }

  boolean holds(int element) {
    int from = first * TensorTree.BLOCK;
    return element >= from && element - from < words.size() / Float.BYTES;
  }

  /// The four bytes of an element that is opened.
  int bits(int element) {
    int at = (element - first * TensorTree.BLOCK) * Float.BYTES;
    return Integer.reverseBytes(words.asBuffer().getInt(at));
  }

  public void write(Writer writer) {
    writer.u32(tensor).u32(first).bytes(words, BYTES_MAX).list(path, PATH_MAX, Hash::write);
  }

  public static Opening read(Reader reader) throws Malformed {
    return new Opening(
        reader.length(Integer.MAX_VALUE),
        reader.length(TensorTree.BLOCKS_MAX),
        reader.bytes(BYTES_MAX),
        reader.list(PATH_MAX, Hash::read));
  }
}
