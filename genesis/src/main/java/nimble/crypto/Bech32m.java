package nimble.crypto;

import java.util.Locale;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// Bech32m (BIP-350): text with a checksum that finds any four wrong characters.
public final class Bech32m {
  /// What a text says: its readable part in lower case, and symbols of five bits, one in a byte.
  public record Decoded(String readable, Bytes symbols) {}

  private static final int TEXT_MAX = 90;
  private static final int CHECKSUM_SIZE = 6;
  private static final int CHECKSUM = 0x2bc8_30a3;
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3
  };

  private Bech32m() {}

  /// `readable` in lower case; `symbols` of five bits.
  public static String encode(String readable, Bytes symbols) {
    int length = readable.length() + 1 + symbols.size() + CHECKSUM_SIZE;
    Invariant.check(length <= TEXT_MAX, "text of %d characters", length);
    StringBuilder text = new StringBuilder(length).append(readable).append('1');
    for (int i = 0; i < symbols.size(); i++) {
      text.append(ALPHABET.charAt(symbols.at(i)));
    }
    Bytes room = Bytes.wrap(new byte[CHECKSUM_SIZE]);
    int checksum = polymod(readable, Bytes.concat(symbols, room)) ^ CHECKSUM;
    for (int i = CHECKSUM_SIZE - 1; i >= 0; i--) {
      text.append(ALPHABET.charAt((checksum >>> (5 * i)) & 31));
    }
    return text.toString();
  }

  public static Decoded decode(String text) throws Malformed {
    String lower = text.toLowerCase(Locale.ROOT);
    int separator = lower.lastIndexOf('1');
    if (text.length() > TEXT_MAX || separator < 1) {
      throw new Malformed("not bech32m");
    }
    if (!text.equals(lower) && !text.equals(text.toUpperCase(Locale.ROOT))) {
      throw new Malformed("upper and lower case are mixed");
    }
    String readable = lower.substring(0, separator);
    if (!readable.chars().allMatch(c -> c >= 33 && c <= 126)) {
      throw new Malformed("the part before the 1 must be printable ASCII");
    }
    Bytes symbols = symbols(lower.substring(separator + 1));
    if (symbols.size() < CHECKSUM_SIZE || polymod(readable, symbols) != CHECKSUM) {
      throw new Malformed("wrong checksum: a character is mistyped or missing");
    }
    return new Decoded(readable, symbols.slice(0, symbols.size() - CHECKSUM_SIZE));
  }

  /// Splits bytes into symbols of five bits; the last one is filled with zeros.
  public static Bytes toSymbols(Bytes bytes) {
    byte[] symbols = new byte[(bytes.size() * 8 + 4) / 5];
    for (int bit = 0; bit < bytes.size() * 8; bit++) {
      int value = (bytes.at(bit / 8) >>> (7 - bit % 8)) & 1;
      symbols[bit / 5] |= (byte) (value << (4 - bit % 5));
    }
    return Bytes.wrap(symbols);
  }

  /// Undoes [#toSymbols]; the filling must be less than a symbol, and zero.
  public static Bytes toBytes(Bytes symbols) throws Malformed {
    byte[] bytes = new byte[symbols.size() * 5 / 8];
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      int value = (symbols.at(bit / 5) >>> (4 - bit % 5)) & 1;
      bytes[bit / 8] |= (byte) (value << (7 - bit % 8));
    }
    if (!toSymbols(Bytes.copyOf(bytes)).equals(symbols)) {
      throw new Malformed("bits left over");
    }
    return Bytes.wrap(bytes);
  }

  private static Bytes symbols(String characters) throws Malformed {
    byte[] symbols = new byte[characters.length()];
    for (int i = 0; i < symbols.length; i++) {
      int symbol = ALPHABET.indexOf(characters.charAt(i));
      if (symbol < 0) {
        throw new Malformed("'%s' is no bech32 character".formatted(characters.charAt(i)));
      }
      symbols[i] = (byte) symbol;
    }
    return Bytes.wrap(symbols);
  }

  private static int polymod(String readable, Bytes symbols) {
    int state = 1;
    for (int i = 0; i < readable.length(); i++) {
      state = step(state, readable.charAt(i) >>> 5);
    }
    state = step(state, 0);
    for (int i = 0; i < readable.length(); i++) {
      state = step(state, readable.charAt(i) & 31);
    }
    for (int i = 0; i < symbols.size(); i++) {
      state = step(state, symbols.at(i));
    }
    return state;
  }

  private static int step(int state, int value) {
    int top = state >>> 25;
    int next = ((state & 0x1ff_ffff) << 5) ^ value;
    for (int i = 0; i < GENERATOR.length; i++) {
      next ^= ((top >>> i) & 1) == 1 ? GENERATOR[i] : 0;
    }
    return next;
  }
}
