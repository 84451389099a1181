package nimble.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

final class MnemonicTest {
  private record Vector(String entropy, String words, String seed) {}

  /// From the test vectors of the reference implementation; their passphrase is TREZOR.
  private static final List<Vector> VECTORS =
      List.of(
          new Vector(
              "00".repeat(16),
              "abandon ".repeat(11) + "about",
              "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
                  + "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"),
          new Vector(
              "7f".repeat(16),
              "legal winner thank year wave sausage worth useful legal winner thank yellow",
              "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6f"
                  + "a457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607"),
          new Vector(
              "ff".repeat(16),
              "zoo ".repeat(11) + "wrong",
              "ac27495480225222079d7be181583751e86f571027b0497b5b5d11218e0a8a13"
                  + "332572917f0f8e5a589620c6f15b11c61dee327651a14c34e18231052e48c069"),
          new Vector(
              "7f".repeat(24),
              "legal winner thank year wave sausage worth useful legal winner thank year wave"
                  + " sausage worth useful legal will",
              "f2b94508732bcbacbcc020faefecfc89feafa6649a5491b8c952cede496c214a"
                  + "0c7b3c392d168748f2d4a612bada0753b52a1c7ac53c1e93abd5c6320b9e95dd"),
          new Vector(
              "80".repeat(24),
              "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd"
                  + " amount doctor acoustic avoid letter always",
              "107d7c02a5aa6f38c58083ff74f04c607c2d2c0ecc55501dadd72d025b751bc2"
                  + "7fe913ffb796f841c49b1d33b610cf0e91d3aa239027f5e99fe4ce9e5088cd65"),
          new Vector(
              "00".repeat(32),
              "abandon ".repeat(23) + "art",
              "bda85446c68413707090a52022edd26a1c9462295029f2e60cd7c4f2bbd30971"
                  + "70af7a4d73245cafa9c3cca8d561a7c3de6f5d4a10be8ed2a5e608d68f92fcc8"),
          new Vector(
              "7f".repeat(32),
              "legal winner thank year wave sausage worth useful legal winner thank year wave"
                  + " sausage worth useful legal winner thank year wave sausage worth title",
              "bc09fca1804f7e69da93c2f2028eb238c227f2e9dda30cd63699232578480a40"
                  + "21b146ad717fbb7e451ce9eb835f43620bf5c514db0f8add49f5d121449d3e87"),
          new Vector(
              "80".repeat(32),
              "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd"
                  + " amount doctor acoustic avoid letter advice cage absurd amount doctor"
                  + " acoustic bless",
              "c0c519bd0e91a2ed54357d9d1ebef6f5af218a153624cf4f2da911a0ed8f7a09"
                  + "e2ef61af0aca007096df430022f7a2b6fb91661a9589097069720d015e4e982f"),
          new Vector(
              "ff".repeat(32),
              "zoo ".repeat(23) + "vote",
              "dd48c104698c30cfe2b6142103248622fb7bb0ff692eebb00089b32d22484e16"
                  + "13912f0a5b694407be899ffd31ed3992c456cdf60f5d4564b8ba3f05a69890ad"));

  @Test
  void bip39Vectors() throws Malformed {
    for (Vector vector : VECTORS) {
      Mnemonic made = Mnemonic.ofEntropy(Bytes.hex(vector.entropy()));
      assertEquals(vector.words(), String.join(" ", made.words()));
      assertEquals(vector.seed(), made.seed("TREZOR").toString());
      assertEquals(made.words(), Mnemonic.parse(vector.words()).words());
    }
  }

  @Test
  void theListIsThePublishedOne() {
    Bytes file = Bytes.utf8(String.join("\n", EnglishWords.LIST) + "\n");
    assertEquals(
        "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda",
        Hashing.sha256(file).toString());
  }

  @Test
  void caseAndSpacesDoNotMatter() throws Malformed {
    assertEquals(
        "about",
        Mnemonic.parse("  Abandon\n" + "ABANDON ".repeat(10) + "\tabout ").words().getLast());
  }

  @Test
  void mistakesAreNamedByTheirPlaceOnly() {
    assertMistake("13 words; 12, 15, 18, 21 or 24 are possible", "abandon ".repeat(12) + "about");
    assertMistake("word 3 is not in the English list", "zoo zoo hunter2 " + "zoo ".repeat(9));
    assertMistake("wrong checksum: a word is mistaken or out of place", "abandon ".repeat(12));
    assertMistake("too long for a mnemonic", "abandon ".repeat(1000));
    assertMistake("1 words; 12, 15, 18, 21 or 24 are possible", "");
  }

  @Test
  void oneWordMoreOrLessInTheListIsNoEntropy() {
    assertThrows(BrokenInvariant.class, () -> Mnemonic.ofEntropy(Bytes.wrap(new byte[15])));
    assertThrows(BrokenInvariant.class, () -> Mnemonic.ofEntropy(Bytes.wrap(new byte[33])));
  }

  @Test
  void anyEntropyComesBack() {
    Seeds.forEach(
        200,
        random -> {
          byte[] entropy = new byte[16 + 4 * random.nextInt(5)];
          random.nextBytes(entropy);
          Mnemonic made = Mnemonic.ofEntropy(Bytes.wrap(entropy));
          assertEquals(entropy.length * 3 / 4, made.words().size());
          assertEquals(made.words(), parsed(String.join(" ", made.words())));
        });
  }

  @Test
  void theWordsAreNotPrinted() {
    Mnemonic made = Mnemonic.ofEntropy(Bytes.wrap(new byte[Mnemonic.ENTROPY_SIZE]));
    assertFalse(made.toString().contains("abandon"));
  }

  @Test
  void fourLettersNameAWord() {
    Set<String> beginnings = new HashSet<>();
    for (String word : EnglishWords.LIST) {
      beginnings.add(word.substring(0, Math.min(4, word.length())));
    }
    assertEquals(2048, beginnings.size());
    assertEquals(0, Collections.binarySearch(EnglishWords.LIST, "abandon"));
  }

  private static List<String> parsed(String text) {
    try {
      return Mnemonic.parse(text).words();
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private static void assertMistake(String message, String text) {
    assertEquals(message, assertThrows(Malformed.class, () -> Mnemonic.parse(text)).getMessage());
  }
}
