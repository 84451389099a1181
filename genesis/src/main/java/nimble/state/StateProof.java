package nimble.state;

import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// That a key has a value under a state root, or that it has none (R5).
public record StateProof(Ending ending, List<Hash> siblings) {
  private static final int VERSION = 1;

  /// Where the key's path ends.
  public sealed interface Ending {}

  /// At the key's own leaf.
  public record Present(Bytes value) implements Ending {
    public Present {
      Invariant.check(value.size() <= StateHash.VALUE_MAX, "value of %d bytes", value.size());
    }
  }

  /// At the leaf of another key.
  public record Other(Hash path, Hash valueHash) implements Ending {}

  /// At nothing.
  public record Vacant() implements Ending {}

  public StateProof {
    Invariant.check(siblings.size() <= StateHash.PATH_BITS, "%d siblings", siblings.size());
    siblings = List.copyOf(siblings);
  }

  /// The value of `key` under `root`, or empty when the proof shows that it has none. A proof that
  /// shows neither is malformed.
  public Optional<Bytes> verify(Hash root, Bytes key) throws Malformed {
    Hash path = StateHash.path(key);
    Hash hash = endingHash(path);
    for (int depth = siblings.size() - 1; depth >= 0; depth--) {
      Hash sibling = siblings.get(depth);
      hash =
          StateHash.bit(path, depth) == 0
              ? StateHash.node(hash, sibling)
              : StateHash.node(sibling, hash);
    }
    if (!hash.equals(root)) {
      throw new Malformed("proof leads to root %s, not to %s".formatted(hash, root));
    }
    return ending instanceof Present(Bytes value) ? Optional.of(value) : Optional.empty();
  }

  private Hash endingHash(Hash path) throws Malformed {
    return switch (ending) {
      case Present(Bytes value) -> StateHash.leaf(path, StateHash.value(value));
      case Vacant() -> StateHash.EMPTY;
      case Other(Hash other, Hash valueHash) -> {
        if (other.equals(path)) {
          throw new Malformed("proof of absence ends at the key itself");
        }
        if (StateHash.sharedBits(other, path) < siblings.size()) {
          throw new Malformed("proof ends at a leaf that is not on the key's path");
        }
        yield StateHash.leaf(other, valueHash);
      }
    };
  }

  public void write(Writer writer) {
    writer.u8(VERSION);
    switch (ending) {
      case Present(Bytes value) -> writer.u8(1).bytes(value, StateHash.VALUE_MAX);
      case Other(Hash path, Hash valueHash) -> {
        path.write(writer.u8(2));
        valueHash.write(writer);
      }
      case Vacant() -> writer.u8(3);
    }
    writer.list(siblings, StateHash.PATH_BITS, Hash::write);
  }

  public static StateProof read(Reader reader) throws Malformed {
    reader.version(VERSION);
    int tag = reader.u8();
    Ending ending =
        switch (tag) {
          case 1 -> new Present(reader.bytes(StateHash.VALUE_MAX));
          case 2 -> new Other(Hash.read(reader), Hash.read(reader));
          case 3 -> new Vacant();
          default -> throw new Malformed("ending %d of a proof".formatted(tag));
        };
    return new StateProof(ending, reader.list(StateHash.PATH_BITS, Hash::read));
  }
}
