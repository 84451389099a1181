package nimble.crypto;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/// A secret as words to write on paper (BIP-39, English): 11 bits a word, the last ones a checksum.
/// We make 24 words; all five lengths of the standard are read.
public final class Mnemonic {
  /// For 24 words.
  public static final int ENTROPY_SIZE = 32;

  private static final int ENTROPY_MIN = 16;
  private static final int TEXT_MAX = 1_000;
  private static final int WORD_BITS = 11;
  private static final int ITERATIONS = 2048;
  private static final int SEED_BITS = 512;

  private final List<String> words;

  private Mnemonic(List<String> words) {
    this.words = words;
  }

  /// `entropy` of 16, 20, 24, 28 or 32 bytes.
  public static Mnemonic ofEntropy(Bytes entropy) {
    int size = entropy.size();
    Invariant.check(size >= ENTROPY_MIN && size <= ENTROPY_SIZE && size % 4 == 0, "%d bytes", size);
    Bytes bits = Bytes.concat(entropy, Hashing.sha256(entropy).bytes());
    List<String> words = new ArrayList<>();
    for (int i = 0; i < size * 3 / 4; i++) {
      int index = 0;
      for (int bit = i * WORD_BITS; bit < (i + 1) * WORD_BITS; bit++) {
        index = (index << 1) | ((bits.at(bit / 8) >>> (7 - bit % 8)) & 1);
      }
      words.add(EnglishWords.LIST.get(index));
    }
    return new Mnemonic(List.copyOf(words));
  }

  /// The message of a failure names places, never words.
  public static Mnemonic parse(String text) throws Malformed {
    if (text.length() > TEXT_MAX) {
      throw new Malformed("too long for a mnemonic");
    }
    List<String> words = List.of(text.strip().toLowerCase(Locale.ROOT).split("\\s+"));
    if (words.size() % 3 != 0 || words.size() < 12 || words.size() > 24) {
      throw new Malformed("%d words; 12, 15, 18, 21 or 24 are possible".formatted(words.size()));
    }
    byte[] bits = new byte[(words.size() * WORD_BITS + 7) / 8];
    for (int i = 0; i < words.size(); i++) {
      int index = Collections.binarySearch(EnglishWords.LIST, words.get(i));
      if (index < 0) {
        throw new Malformed("word %d is not in the English list".formatted(i + 1));
      }
      for (int bit = 0; bit < WORD_BITS; bit++) {
        int at = i * WORD_BITS + bit;
        bits[at / 8] |= (byte) (((index >>> (WORD_BITS - 1 - bit)) & 1) << (7 - at % 8));
      }
    }
    Mnemonic expected = ofEntropy(Bytes.wrap(bits).slice(0, words.size() * 4 / 3));
    if (!expected.words.equals(words)) {
      throw new Malformed("wrong checksum: a word is mistaken or out of place");
    }
    return expected;
  }

  /// The words, to be shown to their owner only.
  public List<String> words() {
    return words;
  }

  /// 64 bytes; any passphrase, the empty one included, opens a wallet of its own.
  public Bytes seed(String passphrase) {
    var generator = new PKCS5S2ParametersGenerator(new SHA512Digest());
    generator.init(utf8(String.join(" ", words)), utf8("mnemonic" + passphrase), ITERATIONS);
    return Bytes.wrap(((KeyParameter) generator.generateDerivedMacParameters(SEED_BITS)).getKey());
  }

  private static byte[] utf8(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKD).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Mnemonic[%d words]".formatted(words.size());
  }
}
