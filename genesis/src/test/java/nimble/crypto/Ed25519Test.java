package nimble.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.types.PublicKey;
import nimble.types.Signature;
import org.junit.jupiter.api.Test;

final class Ed25519Test {
  private static final Bytes MESSAGE = Bytes.utf8("nimble");

  /// The three paths that a node may run on.
  private static final List<Ed25519.Engine> ENGINES =
      List.of(Ed25519.ENGINE, new PortableEd25519(), ProviderEd25519.platform());

  private static final List<Edwards> TORSION = Edwards.torsion();

  private record Rfc8032(String seed, String key, String message, String signature) {}

  private static final List<Rfc8032> RFC_8032 =
      List.of(
          new Rfc8032(
              "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
              "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
              "",
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                  + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
          new Rfc8032(
              "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
              "72",
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                  + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
          new Rfc8032(
              "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
              "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
              "af82",
              "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
                  + "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"));

  @Test
  void rfc8032Vectors() throws Malformed {
    for (Rfc8032 vector : RFC_8032) {
      for (Ed25519.Engine engine : ENGINES) {
        SigningKey key = SigningKey.fromSeed(Bytes.hex(vector.seed()), engine);
        Bytes message = Bytes.hex(vector.message());
        assertEquals(vector.key(), key.publicKey().toString());
        assertEquals(vector.signature(), key.sign(message).toString());
        assertVerdict(true, key.publicKey().bytes(), message, key.sign(message).bytes());
      }
    }
  }

  /// The twelve vectors of eprint 2020/1244, in the paper's order: message, A, R ‖ S.
  private static final List<List<String>> SPECCHECK =
      List.of(
          List.of(
              "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
              "0000000000000000000000000000000000000000000000000000000000000000"),
          List.of(
              "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
              "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
              "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"),
          List.of(
              "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
              "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
              "8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e"),
          List.of(
              "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
              "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
              "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f",
              "87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009"),
          List.of(
              "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
              "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
              "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512",
              "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09"),
          List.of(
              "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
              "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
              "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7",
              "e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405"),
          List.of(
              "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
              "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
              "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e",
              "547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514"),
          List.of(
              "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
              "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
              "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa1942",
              "7e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22"),
          List.of(
              "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
              "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
              "03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f"),
          List.of(
              "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
              "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
              "ca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908"),
          List.of(
              "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
              "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc",
              "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"),
          List.of(
              "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
              "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc",
              "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"));

  /// Only number 3 passes: A and R have a part of small order that cancels out. Numbers 4 and 5
  /// need the cofactor, 6 and 7 have S too large, the others a point of small order.
  @Test
  void k1k2k3VectorsOfTamingTheManyEdDsas() throws Malformed {
    for (int i = 0; i < SPECCHECK.size(); i++) {
      List<String> vector = SPECCHECK.get(i);
      assertVerdict(
          i == 3,
          Bytes.hex(vector.get(1)),
          Bytes.hex(vector.get(0)),
          Bytes.hex(vector.get(2) + vector.get(3)));
    }
  }

  /// A + T and R + T for every pair of torsion points. An owner of the secret can sign with such
  /// points; whether that verifies is what libraries disagree on.
  @Test
  void k3TorsionInEitherPointDecidesTheSameOnEveryPath() {
    Seeds.forEach(
        3,
        random -> {
          BigInteger a = new BigInteger(250, new Random(random.nextLong()));
          BigInteger r = new BigInteger(250, new Random(random.nextLong()));
          int accepted = 0;
          for (Edwards inA : TORSION) {
            for (Edwards inR : TORSION) {
              accepted += forge(a, inA, r, inR) ? 1 : 0;
            }
          }
          assertTrue(accepted > 0, "nothing accepted");
        });
  }

  /// Why the portable path asks the platform: alone, BouncyCastle takes what K3 refuses.
  @Test
  void k3BouncyCastleAloneIgnoresTorsionInR() {
    BigInteger a = BigInteger.valueOf(7654321);
    BigInteger r = BigInteger.valueOf(1234567);
    Edwards orderTwo = new Edwards(BigInteger.ZERO, Edwards.P.subtract(BigInteger.ONE));
    Bytes key = Edwards.BASE.times(a).encode();
    Bytes commitment = Edwards.BASE.times(r).plus(orderTwo).encode();
    BigInteger h = Edwards.challenge(commitment, key, MESSAGE);
    Bytes signature = Bytes.concat(commitment, Edwards.scalar(r.add(h.multiply(a)).mod(Edwards.L)));
    assertTrue(
        org.bouncycastle.math.ec.rfc8032.Ed25519.verify(
            signature.toArray(), 0, key.toArray(), 0, MESSAGE.toArray(), 0, MESSAGE.size()));
    assertVerdict(false, key, MESSAGE, signature);
  }

  /// The same with nothing but torsion in one of the points.
  @Test
  void k2PointsOfSmallOrderAreRefused() {
    BigInteger some = BigInteger.valueOf(1234567);
    for (Edwards torsion : TORSION) {
      assertFalse(forge(BigInteger.ZERO, torsion, some, Edwards.ZERO));
      assertFalse(forge(some, Edwards.ZERO, BigInteger.ZERO, torsion));
      assertFalse(forge(BigInteger.ZERO, torsion, BigInteger.ZERO, torsion));
    }
  }

  /// Makes a signature whose equation holds up to torsion, and compares the paths.
  private static boolean forge(BigInteger a, Edwards inA, BigInteger r, Edwards inR) {
    Bytes key = Edwards.BASE.times(a).plus(inA).encode();
    Bytes commitment = Edwards.BASE.times(r).plus(inR).encode();
    BigInteger h = Edwards.challenge(commitment, key, MESSAGE);
    Bytes s = Edwards.scalar(r.add(h.multiply(a)).mod(Edwards.L));
    boolean expected = Edwards.verify(key, MESSAGE, commitment, s);
    boolean cancels = inR.plus(inA.times(h)).equals(Edwards.ZERO);
    boolean strong = a.signum() > 0 && r.signum() > 0;
    assertEquals(strong && cancels, expected, "the two descriptions of the rule");
    assertVerdict(expected, key, MESSAGE, Bytes.concat(commitment, s));
    return expected;
  }

  /// The 19 values from p up to 2²⁵⁵ − 1, with both signs, as A and as R.
  @Test
  void k1EncodingsThatAreNotCanonicalAreRefused() {
    SigningKey signer = SigningKey.fromSeed(Hashing.of("test").bytes());
    Signature good = signer.sign(MESSAGE);
    Bytes s = good.bytes().slice(32, 64);
    for (int i = 0; i < 19; i++) {
      for (boolean odd : new boolean[] {false, true}) {
        Bytes point = Edwards.encode(Edwards.P.add(BigInteger.valueOf(i)), odd);
        assertFalse(Ed25519.isStrongPoint(point));
        assertVerdict(false, point, MESSAGE, good.bytes());
        assertVerdict(false, signer.publicKey().bytes(), MESSAGE, Bytes.concat(point, s));
      }
    }
  }

  @Test
  void k1EveryFormOfSAboveTheOrderIsRefused() {
    SigningKey signer = SigningKey.fromSeed(Hashing.of("test").bytes());
    Bytes good = signer.sign(MESSAGE).bytes();
    BigInteger s = Edwards.number(good.slice(32, 64));
    for (int times = 1; times < 16; times++) {
      BigInteger larger = s.add(Edwards.L.multiply(BigInteger.valueOf(times)));
      if (larger.bitLength() <= 256) {
        Bytes forged = Bytes.concat(good.slice(0, 32), Edwards.scalar(larger));
        assertVerdict(false, signer.publicKey().bytes(), MESSAGE, forged);
      }
    }
  }

  @Test
  void honestSignaturesVerifyAndDamagedOnesDoNot() {
    Seeds.forEach(
        40,
        random -> {
          byte[] message = new byte[random.nextInt(300)];
          random.nextBytes(message);
          Bytes seed = Hashing.of("test", Bytes.ofU64(random.nextLong())).bytes();
          SigningKey signer = SigningKey.fromSeed(seed);
          Bytes signature = signer.sign(Bytes.wrap(message)).bytes();
          Bytes key = signer.publicKey().bytes();
          assertVerdict(true, key, Bytes.wrap(message), signature);
          assertVerdict(
              false, key, Bytes.wrap(message), flipOneBit(signature, random.nextInt(512)));
          assertVerdict(
              false, flipOneBit(key, random.nextInt(256)), Bytes.wrap(message), signature);
        });
  }

  @Test
  void secretsAreNotPrinted() {
    SigningKey key = SigningKey.fromSeed(Hashing.of("test").bytes());
    assertFalse(key.toString().contains(key.seed().toString()));
  }

  private static Bytes flipOneBit(Bytes bytes, int bit) {
    byte[] flipped = bytes.toArray();
    flipped[bit / 8] ^= (byte) (1 << (bit % 8));
    return Bytes.wrap(flipped);
  }

  private static void assertVerdict(boolean expected, Bytes key, Bytes message, Bytes signature) {
    assertEquals(
        expected,
        Edwards.verify(key, message, signature.slice(0, 32), signature.slice(32, 64)),
        "reference");
    for (Ed25519.Engine engine : ENGINES) {
      boolean verdict =
          VerifyKey.of(new PublicKey(key), engine).verify(message, new Signature(signature));
      assertEquals(expected, verdict, () -> engine + " on " + key + " " + signature);
    }
  }
}
