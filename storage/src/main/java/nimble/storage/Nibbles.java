package nimble.storage;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// The first `count` nibbles of a path, two to a byte, an odd last one padded with zero.
public record Nibbles(Bytes packed, int count) implements Comparable<Nibbles> {
  static final int COUNT_MAX = 2 * Hash.SIZE;
  static final Nibbles NONE = new Nibbles(Bytes.EMPTY, 0);

  public Nibbles {
    Invariant.check(fits(packed, count), "%d nibbles in %s", count, packed);
  }

  static int at(Hash path, int index) {
    int both = path.bytes().at(index / 2) & 0xff;
    return index % 2 == 0 ? both >> 4 : both & 0xf;
  }

  static Nibbles first(Hash path, int count) {
    Nibbles prefix = NONE;
    for (int index = 0; index < count; index++) {
      prefix = prefix.append(at(path, index));
    }
    return prefix;
  }

  Nibbles append(int nibble) {
    byte[] next = packed.toArray(count / 2 + 1);
    next[count / 2] |= (byte) (count % 2 == 0 ? nibble << 4 : nibble);
    return new Nibbles(Bytes.wrap(next), count + 1);
  }

  void write(Writer writer) {
    writer.u8(count).raw(packed);
  }

  static Nibbles read(Reader reader) throws Malformed {
    int count = reader.u8();
    if (count > COUNT_MAX) {
      throw new Malformed("%d nibbles".formatted(count));
    }
    Bytes packed = reader.fixed((count + 1) / 2);
    if (!fits(packed, count)) {
      throw new Malformed("%d nibbles in %s".formatted(count, packed));
    }
    return new Nibbles(packed, count);
  }

  @Override
  public int compareTo(Nibbles other) {
    int order = packed.compareTo(other.packed);
    return order != 0 ? order : Integer.compare(count, other.count);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Nibbles that && count == that.count && packed.equals(that.packed);
  }

  @Override
  public int hashCode() {
    return 31 * packed.hashCode() + count;
  }

  private static boolean fits(Bytes packed, int count) {
    return count >= 0
        && count <= COUNT_MAX
        && packed.size() == (count + 1) / 2
        && (count % 2 == 0 || (packed.at(packed.size() - 1) & 0xf) == 0);
  }
}
