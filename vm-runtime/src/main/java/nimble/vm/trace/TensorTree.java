package nimble.vm.trace;

import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// The Merkle tree over a tensor's blocks (O2), and the two levels at which it is searched.
public final class TensorTree {
  /// Elements of a block.
  public static final int BLOCK = 64;

  /// Children that are named at once when two trees are compared.
  public static final int FAN = 256;

  public static final int BLOCKS_MAX = FAN * FAN;

  private static final int BLOCK_BYTES = BLOCK * Float.BYTES;

  private final Bytes words;
  private final List<Hash> leaves;

  private TensorTree(Bytes words, List<Hash> leaves) {
    this.words = words;
    this.leaves = leaves;
  }

  public static TensorTree of(Bytes words) {
    return new TensorTree(words, leaves(words));
  }

  public static int blocks(int elements) {
    return Math.ceilDiv(elements, BLOCK);
  }

  /// Whether a tensor of so many elements is searched in two levels rather than one.
  public static boolean deep(int elements) {
    return blocks(elements) > FAN;
  }

  /// How many groups a search of so many elements begins with.
  public static int groups(int elements) {
    return deep(elements) ? Math.ceilDiv(blocks(elements), FAN) : blocks(elements);
  }

  /// How many blocks lie in a group of a deep tree.
  public static int groupBlocks(int elements, int group) {
    return Math.min(FAN, blocks(elements) - group * FAN);
  }

  static List<Hash> leaves(Bytes words) {
    List<Hash> leaves = new ArrayList<>();
    for (int at = 0; at < words.size(); at += BLOCK_BYTES) {
      leaves.add(Merkle.leaf(words.slice(at, Math.min(words.size(), at + BLOCK_BYTES))));
    }
    return leaves;
  }

  public Hash root() {
    return leaves.isEmpty() ? Merkle.empty() : Merkle.join(leaves);
  }

  /// The first level of a search; [Merkle#join] of it is the root.
  public List<Hash> groups() {
    if (leaves.size() <= FAN) {
      return List.copyOf(leaves);
    }
    List<Hash> groups = new ArrayList<>();
    for (int at = 0; at < leaves.size(); at += FAN) {
      groups.add(Merkle.join(leaves.subList(at, Math.min(leaves.size(), at + FAN))));
    }
    return groups;
  }

  /// The blocks of a deep tree's group; [Merkle#join] of them is the group.
  public List<Hash> group(int group) {
    int at = group * FAN;
    return List.copyOf(leaves.subList(at, Math.min(leaves.size(), at + FAN)));
  }

  public Bytes block(int block) {
    return words.slice(block * BLOCK_BYTES, Math.min(words.size(), (block + 1) * BLOCK_BYTES));
  }

  /// Blocks `first` to `end`, the latter not included.
  public Opening open(int tensor, int first, int end) {
    Invariant.check(first < end && end <= leaves.size(), "blocks %d..%d", first, end);
    Bytes opened = words.slice(first * BLOCK_BYTES, Math.min(words.size(), end * BLOCK_BYTES));
    return new Opening(tensor, first, opened, RangeProof.of(leaves, first, end));
  }
}
