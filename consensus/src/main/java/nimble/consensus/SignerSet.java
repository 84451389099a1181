package nimble.consensus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Validators by index, as a bitmap: validator `i` is bit `i % 8` of byte `i / 8`. The last byte is
/// never zero, so that a set has one encoding.
public record SignerSet(Bytes bits) {
  public static final SignerSet NONE = new SignerSet(Bytes.EMPTY);
  private static final int SIZE_MAX = (Committee.VALIDATORS_MAX + 7) / 8;

  public SignerSet {
    Invariant.check(isCanonical(bits), "signers %s are not canonical", bits);
  }

  private static boolean isCanonical(Bytes bits) {
    int size = bits.size();
    return size == 0 || (size <= SIZE_MAX && bits.at(size - 1) != 0);
  }

  public static SignerSet of(Collection<Integer> indexes) {
    byte[] bits = new byte[SIZE_MAX];
    int size = 0;
    for (int index : indexes) {
      Invariant.check(index >= 0 && index < Committee.VALIDATORS_MAX, "validator %d", index);
      bits[index / 8] |= (byte) (1 << index % 8);
      size = Math.max(size, index / 8 + 1);
    }
    return new SignerSet(Bytes.copyOf(bits).slice(0, size));
  }

  public boolean contains(int index) {
    return index / 8 < bits.size() && (bits.at(index / 8) >> index % 8 & 1) == 1;
  }

  /// Ascending.
  public List<Integer> indexes() {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < bits.size() * 8; i++) {
      if (contains(i)) {
        indexes.add(i);
      }
    }
    return indexes;
  }

  public boolean isEmpty() {
    return bits.isEmpty();
  }

  /// Those in both: who is to blame for two certificates that exclude each other.
  public SignerSet intersection(SignerSet other) {
    return of(indexes().stream().filter(other::contains).toList());
  }

  public void write(Writer writer) {
    writer.bytes(bits, SIZE_MAX);
  }

  public static SignerSet read(Reader reader) throws Malformed {
    Bytes bits = reader.bytes(SIZE_MAX);
    if (!isCanonical(bits)) {
      throw new Malformed("signers %s are not canonical".formatted(bits));
    }
    return new SignerSet(bits);
  }

  @Override
  public String toString() {
    return indexes().toString();
  }
}
