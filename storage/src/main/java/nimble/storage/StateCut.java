package nimble.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;
import nimble.storage.TreeNode.Child;
import nimble.types.Hash;

/// A state's tree cut at `depth` nibbles: the subtrees that stand there, from left to right (T6).
/// Their hashes give the state root, so whoever knows the root can check a cut, and whoever has a
/// checked cut can check each part of the state by itself.
public record StateCut(int depth, List<Optional<Part>> parts) {
  public static final int DEPTH_MAX = 4;

  /// A part larger than this is cut further, as deep as cuts go.
  public static final long PART_BYTES = 1 << 20;

  private static final int BITS = 4;

  /// A subtree with leaves.
  ///
  /// @param leaf whether it is one leaf: such a subtree hashes alike at whatever depth
  public record Part(Hash hash, boolean leaf) {
    private void write(Writer writer) {
      hash.write(writer);
      writer.bool(leaf);
    }

    private static Part read(Reader reader) throws Malformed {
      return new Part(Hash.read(reader), reader.bool());
    }
  }

  public StateCut {
    Invariant.check(depth >= 0 && depth <= DEPTH_MAX, "depth %d", depth);
    Invariant.check(parts.size() == parts(depth), "%d parts", parts.size());
    parts = List.copyOf(parts);
  }

  public static int parts(int depth) {
    return 1 << (BITS * depth);
  }

  /// Where a leaf belongs.
  public static int indexOf(Hash path, int depth) {
    int index = 0;
    for (int nibble = 0; nibble < depth; nibble++) {
      index = index << BITS | Nibbles.at(path, nibble);
    }
    return index;
  }

  /// The smallest depth with parts of at most [#PART_BYTES].
  ///
  /// @param bytes of the leaves at each place of a cut at [#DEPTH_MAX]
  public static int depthFor(List<Long> bytes) {
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
      int width = parts(DEPTH_MAX - depth);
      long largest = 0;
      for (int from = 0; from < bytes.size(); from += width) {
        largest =
            Math.max(largest, bytes.subList(from, from + width).stream().mapToLong(it -> it).sum());
      }
      if (largest <= PART_BYTES) {
        return depth;
      }
    }
    return DEPTH_MAX;
  }

  /// The state root (R2 to R4 of `nimble.state`).
  public Hash root() {
    List<Optional<Part>> level = parts;
    while (level.size() > 1) {
      List<Optional<Part>> above = new ArrayList<>(level.size() / 2);
      for (int i = 0; i < level.size(); i += 2) {
        above.add(join(level.get(i), level.get(i + 1)));
      }
      level = above;
    }
    return level.getFirst().map(Part::hash).orElse(StateHash.EMPTY);
  }

  private static Optional<Part> join(Optional<Part> left, Optional<Part> right) {
    if (left.isEmpty() && right.isEmpty()) {
      return Optional.empty();
    }
    if (left.isEmpty() || right.isEmpty()) {
      Part only = left.or(() -> right).orElseThrow();
      if (only.leaf()) {
        return Optional.of(only);
      }
    }
    Hash hash =
        StateHash.node(
            left.map(Part::hash).orElse(StateHash.EMPTY),
            right.map(Part::hash).orElse(StateHash.EMPTY));
    return Optional.of(new Part(hash, false));
  }

  /// The nodes above the parts, whose own nodes were written at `version` and can be read from
  /// `nodes`. What it replaces are leaves that have moved up.
  public Change crown(NodeSource nodes, long version) {
    List<Optional<Child>> children =
        parts.stream()
            .map(part -> part.map(it -> new Child(version, it.hash(), it.leaf())))
            .toList();
    return new TreeUpdate(nodes, version).crown(depth, children);
  }

  public void write(Writer writer) {
    writer.u8(depth);
    parts.forEach(part -> writer.optional(part, Part::write));
  }

  public static StateCut read(Reader reader) throws Malformed {
    int depth = reader.u8();
    if (depth > DEPTH_MAX) {
      throw new Malformed("a cut at depth %d".formatted(depth));
    }
    List<Optional<Part>> parts = new ArrayList<>();
    for (int i = 0; i < parts(depth); i++) {
      parts.add(reader.optional(Part::read));
    }
    return new StateCut(depth, parts);
  }
}
