package nimble.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.types.Address;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class Bech32mTest {
  @Test
  void validVectorsOfBip350() throws Malformed {
    for (String text :
        List.of(
            "A1LQFN3A",
            "a1lqfn3a",
            "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
            "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
            "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
            "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
            "?1v759aa")) {
      Bech32m.Decoded decoded = Bech32m.decode(text);
      assertEquals(
          text.toLowerCase(Locale.ROOT), Bech32m.encode(decoded.readable(), decoded.symbols()));
    }
  }

  @Test
  void invalidVectorsOfBip350() {
    for (String text :
        List.of(
            " 1xj0phk",
            "\u007f1g6xzxy",
            "\u00801vctc34",
            "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4",
            "qyrz8wqd2c9m",
            "1qyrz8wqd2c9m",
            "y1b0jsk6g",
            "lt1igcx5c0",
            "in1muywd",
            "mm1crxm3i",
            "au1s5cgom",
            "M1VUXWEZ",
            "16plkw9",
            "1p2gdwpf",
            "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq")) {
      assertThrows(Malformed.class, () -> Bech32m.decode(text), text);
    }
  }

  /// The program after the version symbol: more than four bits of filling, and filling with ones.
  @Test
  void fillingIsShortAndZero() throws Malformed {
    for (String text :
        List.of(
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
            "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j")) {
      Bytes symbols = Bech32m.decode(text).symbols();
      assertThrows(Malformed.class, () -> Bech32m.toBytes(symbols.slice(1, symbols.size())), text);
    }
    Bytes symbols =
        Bech32m.decode("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0").symbols();
    assertEquals(
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        Bech32m.toBytes(symbols.slice(1, symbols.size())).toString());
  }

  /// The accounts of RFC 8032's test keys 1 and 2.
  @Test
  void addressVectors() throws Malformed {
    Address first = address("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assertEquals("nim1ptud7axpztgq6zqxt5f0ad6wgk4t3fyyy60y33", AddressForm.MAIN.show(first));
    assertEquals("tnim1ptud7axpztgq6zqxt5f0ad6wgk4t3fyy20xq3q", AddressForm.TEST.show(first));
    assertEquals(
        "nim13k539v2k78z2hsgm3trj4n546j2arqgmcmym5j",
        AddressForm.MAIN.show(
            address("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")));
  }

  @Test
  void anAddressIsReadOnItsOwnNetworkOnly() throws Malformed {
    Address address = address("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    String shown = AddressForm.TEST.show(address);
    assertEquals(address, AddressForm.TEST.parse(shown));
    assertEquals(address, AddressForm.TEST.parse(shown.toUpperCase(Locale.ROOT)));
    Malformed wrong = assertThrows(Malformed.class, () -> AddressForm.MAIN.parse(shown));
    assertTrue(String.valueOf(wrong.getMessage()).contains("tnim"));
    String longer = Bech32m.encode("tnim", Bech32m.toSymbols(Bytes.wrap(new byte[21])));
    assertThrows(Malformed.class, () -> AddressForm.TEST.parse(longer));
  }

  @Test
  void anyAddressComesBackAndAnyMistypedCharacterIsSeen() {
    Seeds.forEach(
        200,
        random -> {
          byte[] bytes = new byte[Address.SIZE];
          random.nextBytes(bytes);
          Address address = new Address(Bytes.wrap(bytes));
          String shown = AddressForm.MAIN.show(address);
          assertEquals(address, parsed(shown));
          int at = 4 + random.nextInt(shown.length() - 4);
          char wrong = shown.charAt(at) == 'q' ? 'p' : 'q';
          String mistyped = shown.substring(0, at) + wrong + shown.substring(at + 1);
          assertThrows(Malformed.class, () -> AddressForm.MAIN.parse(mistyped));
        });
  }

  private static Address parsed(String text) {
    try {
      return AddressForm.MAIN.parse(text);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private static Address address(String key) throws Malformed {
    return AddressForm.addressOf(new PublicKey(Bytes.hex(key)));
  }
}
