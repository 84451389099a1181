package nimble.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;
import org.junit.jupiter.api.Test;

/// The vectors of Ethereum's consensus specification (bls12-381-tests 0.1.2), which uses the same
/// scheme and tags.
final class BlsTest {
  private static final VoteSignature INFINITY =
      new VoteSignature(bytes("c0" + "00".repeat(VoteSignature.SIZE - 1)));
  private static final VoteKey INFINITE_KEY =
      new VoteKey(bytes("c0" + "00".repeat(VoteKey.SIZE - 1)));

  private static final Bytes ZEROS = bytes("00".repeat(32));
  private static final Bytes FIVES = bytes("56".repeat(32));
  private static final Bytes ABS = bytes("ab".repeat(32));

  private record Owner(String secret, String key, List<String> signatures) {}

  /// Three owners, and their signatures on ZEROS, FIVES and ABS.
  private static final List<Owner> OWNERS =
      List.of(
          new Owner(
              "263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3",
              "a491d1b0ecd9bb917989f0e74f0dea0422eac4a873e5e2644f368dffb9a6e20f"
                  + "d6e10c1b77654d067c0618f6e5a7f79a",
              List.of(
                  "b6ed936746e01f8ecf281f020953fbf1f01debd5657c4a383940b020b26507f6"
                      + "076334f91e2366c96e9ab279fb5158090352ea1c5b0c9274504f4f0e7053af24"
                      + "802e51e4568d164fe986834f41e55c8e850ce1f98458c0cfc9ab380b55285a55",
                  "882730e5d03f6b42c3abc26d3372625034e1d871b65a8a6b900a56dae22da98a"
                      + "bbe1b68f85e49fe7652a55ec3d0591c20767677e33e5cbb1207315c41a9ac03b"
                      + "e39c2e7668edc043d6cb1d9fd93033caa8a1c5b0e84bedaeb6c64972503a43eb",
                  "91347bccf740d859038fcdcaf233eeceb2a436bcaaee9b2aa3bfb70efe29dfb2"
                      + "677562ccbea1c8e061fb9971b0753c240622fab78489ce96768259fc01360346"
                      + "da5b9f579e5da0d941e4c6ba18a0e64906082375394f337fa1af2b7127b0d121")),
          new Owner(
              "47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138",
              "b301803f8b5ac4a1133581fc676dfedc60d891dd5fa99028805e5ea5b08d3491"
                  + "af75d0707adab3b70c6a6a580217bf81",
              List.of(
                  "b23c46be3a001c63ca711f87a005c200cc550b9429d5f4eb38d74322144f1b63"
                      + "926da3388979e5321012fb1a0526bcd100b5ef5fe72628ce4cd5e904aeaa3279"
                      + "527843fae5ca9ca675f4f51ed8f83bbf7155da9ecc9663100a885d5dc6df96d9",
                  "af1390c3c47acdb37131a51216da683c509fce0e954328a59f93aebda7e4ff97"
                      + "4ba208d9a4a2a2389f892a9d418d618418dd7f7a6bc7aa0da999a9d3a5b815bc"
                      + "085e14fd001f6a1948768a3f4afefc8b8240dda329f984cb345c6363272ba4fe",
                  "9674e2228034527f4c083206032b020310face156d4a4685e2fcaec2f6f3665a"
                      + "a635d90347b6ce124eb879266b1e801d185de36a0a289b85e9039662634f2eea"
                      + "1e02e670bc7ab849d006a70b2f93b84597558a05b879c8d445f387a5d5b653df")),
          new Owner(
              "328388aff0d4a5b7dc9205abd374e7e98f3cd9f3418edb4eafda5fb16473d216",
              "b53d21a4cfd562c469cc81514d4ce5a6b577d8403d32a394dc265dd190b47fa9"
                  + "f829fdd7963afdf972e5e77854051f6f",
              List.of(
                  "948a7cb99f76d616c2c564ce9bf4a519f1bea6b0a624a02276443c245854219f"
                      + "abb8d4ce061d255af5330b078d5380681751aa7053da2c98bae898edc218c75f"
                      + "07e24d8802a17cd1f6833b71e58f5eb5b94208b4d0bb3848cecb075ea21be115",
                  "a4efa926610b8bd1c8330c918b7a5e9bf374e53435ef8b7ec186abf62e1b1f65"
                      + "aeaaeb365677ac1d1172a1f5b44b4e6d022c252c58486c0a759fbdc7de15a756"
                      + "acc4d343064035667a594b4c2a6f0b0b421975977f297dba63ee2f63ffe47bb6",
                  "ae82747ddeefe4fd64cf9cedb9b04ae3e8a43420cd255e3c7cd06a8d88b7c7f8"
                      + "638543719981c5d16fa3527c468c25f0026704a6951bde891360c7e8d12ddee0"
                      + "559004ccdbe6046b55bae1b257ee97f7cdb955773d7cf29adf3ccbb9975e4eb9")));

  private static final List<Bytes> MESSAGES = List.of(ZEROS, FIVES, ABS);

  /// The aggregate of all three on ABS, and of the first two on FIVES.
  private static final VoteSignature ALL_ON_ABS =
      signature(
          "9712c3edd73a209c742b8250759db12549b3eaf43b5ca61376d9f30e2747dbcf"
              + "842d8b2ac0901d2a093713e20284a7670fcf6954e9ab93de991bb9b313e66478"
              + "5a075fc285806fa5224c82bde146561b446ccfc706a64b8579513cfc4ff1d930");

  private static final VoteSignature TWO_ON_FIVES =
      signature(
          "912c3615f69575407db9392eb21fee18fff797eeb2fbe1816366ca2a08ae574d"
              + "8824dbfafb4c9eaa1cf61b63c6f9b69911f269b664c42947dd1b53ef1081926c"
              + "1e82bb2a465f927124b08391a5249036146d6f3f1e17ff5f162f779746d830d1");

  @Test
  void signAndVerifyVectors() {
    for (Owner owner : OWNERS) {
      VoteSigningKey key = VoteSigningKey.ofScalar(bytes(owner.secret()));
      assertEquals(owner.key(), key.voteKey().toString());
      for (int i = 0; i < MESSAGES.size(); i++) {
        VoteSignature signature = key.sign(MESSAGES.get(i));
        assertEquals(owner.signatures().get(i), signature.toString());
        assertTrue(Bls.verify(key.voteKey(), MESSAGES.get(i), signature));
        assertFalse(Bls.verify(key.voteKey(), MESSAGES.get(i), tampered(signature)));
        assertFalse(Bls.verify(key.voteKey(), MESSAGES.get((i + 1) % 3), signature));
      }
    }
  }

  @Test
  void k4InfinityVerifiesNothing() {
    assertFalse(Bls.verify(INFINITE_KEY, bytes("12".repeat(32)), INFINITY));
    assertFalse(Bls.verify(key(0), ABS, INFINITY));
    assertFalse(Bls.verify(INFINITE_KEY, ABS, ALL_ON_ABS));
  }

  @Test
  void zeroAndTheGroupOrderAreNoSecrets() {
    assertThrows(BrokenInvariant.class, () -> VoteSigningKey.ofScalar(ZEROS));
    Bytes order = bytes("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
    assertThrows(BrokenInvariant.class, () -> VoteSigningKey.ofScalar(order));
  }

  @Test
  void k6AggregateVectors() throws Malformed {
    List<VoteKey> all = List.of(key(0), key(1), key(2));
    assertEquals(ALL_ON_ABS, Bls.aggregate(onMessage(2)));
    assertTrue(Bls.verifyAggregate(all, ABS, ALL_ON_ABS));
    assertTrue(Bls.verifyAggregate(all.subList(0, 2), FIVES, TWO_ON_FIVES));
    assertTrue(Bls.verifyAggregate(all.subList(0, 1), ZEROS, onMessage(0).getFirst()));

    // One key too many, tampered, none at all, one at infinity.
    assertFalse(Bls.verifyAggregate(all, FIVES, TWO_ON_FIVES));
    assertFalse(Bls.verifyAggregate(List.of(key(0), key(1), key(2), key(2)), ABS, ALL_ON_ABS));
    assertFalse(Bls.verifyAggregate(List.of(key(0), key(2)), ZEROS, onMessage(0).getFirst()));
    assertFalse(Bls.verifyAggregate(all, ABS, tampered(ALL_ON_ABS)));
    assertFalse(Bls.verifyAggregate(List.of(), ABS, INFINITY));
    assertFalse(
        Bls.verifyAggregate(
            List.of(key(0), key(1), key(2), INFINITE_KEY),
            bytes("12".repeat(32)),
            signature(
                "afcb4d980f079265caa61aee3e26bf48bebc5dc3e7f2d7346834d76cbc812f63"
                    + "6c937b6b44a9323d8bc4b1cdf71d6811035ddc2634017faab2845308f568f2b9"
                    + "a0356140727356eae9eded8b87fd8cb8024b440c57aee06076128bb32921f584")));
  }

  /// The vectors `deserialization_G1`; the lengths that do not fit are `VoteKey`'s to refuse.
  @Test
  void k4EncodingsThatAreNoPointOfTheGroupAreMalformed() throws Malformed {
    for (String encoded :
        List.of(
            "80" + "00".repeat(47),
            "c01" + "0".repeat(93),
            "8123456789abcdef" + "0123456789abcdef".repeat(5),
            "8123456789abcdef" + "0123456789abcdef".repeat(4) + "0123456789abcde0",
            "e0" + "00".repeat(47),
            "c123456789abcdef" + "0123456789abcdef".repeat(5),
            "0123456789abcdef".repeat(6),
            "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffff"
                + "b9feffffffffaaab",
            "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffff"
                + "b9feffffffffaaac")) {
      assertThrows(Malformed.class, () -> Bls.point(new VoteKey(bytes(encoded))), encoded);
    }
    assertThrows(Malformed.class, () -> Bls.point(INFINITE_KEY));
    Bls.point(key(0));
  }

  /// The vectors `deserialization_G2`. The first is on the curve but in no group we use.
  @Test
  void k4SignaturesOutsideTheGroupVerifyNothing() {
    for (String encoded :
        List.of(
            "8123456789abcdef" + "0123456789abcdef".repeat(11),
            "80" + "00".repeat(95),
            "c01" + "0".repeat(189),
            "8123456789abcdef" + "0123456789abcdef".repeat(10) + "0123456789abcde0",
            "e0" + "00".repeat(95),
            "c123456789abcdef" + "0123456789abcdef".repeat(11),
            "0123456789abcdef".repeat(12),
            "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffff"
                + "b9feffffffffaaab"
                + "00".repeat(48),
            "80"
                + "00".repeat(47)
                + "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffff"
                + "b9feffffffffaaab")) {
      assertFalse(Bls.verify(key(0), ABS, signature(encoded)), encoded);
    }
  }

  /// EIP-2333, test case 0: its master key is KeyGen of the draft.
  @Test
  void keyGenVector() {
    BigInteger master =
        new BigInteger(
            "6083874454709270928345386274498605044986640685124978867557563392430687146096");
    VoteSigningKey expected = VoteSigningKey.ofScalar(bytes("%064x".formatted(master)));
    assertEquals(
        expected.voteKey(),
        VoteSigningKey.fromSeed(
                bytes(
                    "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599"
                        + "d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"))
            .voteKey());
  }

  /// Vector 3 of Chia's implementation.
  @Test
  void k5PossessionVector() {
    VoteSigningKey owner =
        VoteSigningKey.ofScalar(
            bytes("258787ef728c898e43bc76244d70f468c9c7e1338a107b18b42da0d86b663c26"));
    VoteSignature proof = owner.provePossession();
    assertEquals(
        "84f709159435f0dc73b3e8bf6c78d85282d19231555a8ee3b6e2573aaf66872d9203fefa1ef700e34e7c3f3f"
            + "b28210100558c6871c53f1ef6055b9f06b0d1abe22ad584ad3b957f3018a8f58227c6c716b1e157914"
            + "59850f2289168fa0cf9115",
        proof.toString());
    assertTrue(Bls.verifyPossession(owner.voteKey(), proof));
    assertFalse(Bls.verifyPossession(key(0), proof));
  }

  @Test
  void k5AVoteIsNoProofAndAProofIsNoVote() {
    VoteSigningKey owner = VoteSigningKey.fromSeed(Hashing.of("test").bytes());
    Bytes key = owner.voteKey().bytes();
    assertFalse(Bls.verifyPossession(owner.voteKey(), owner.sign(key)));
    assertFalse(Bls.verify(owner.voteKey(), key, owner.provePossession()));
  }

  private static VoteKey key(int owner) {
    return new VoteKey(bytes(OWNERS.get(owner).key()));
  }

  private static List<VoteSignature> onMessage(int message) {
    return OWNERS.stream().map(owner -> signature(owner.signatures().get(message))).toList();
  }

  /// As the published vectors do it.
  private static VoteSignature tampered(VoteSignature signature) {
    return new VoteSignature(
        Bytes.concat(signature.bytes().slice(0, VoteSignature.SIZE - 4), bytes("ffffffff")));
  }

  private static VoteSignature signature(String hex) {
    return new VoteSignature(bytes(hex));
  }

  private static Bytes bytes(String hex) {
    return Bytes.wrap(HexFormat.of().parseHex(hex));
  }
}
