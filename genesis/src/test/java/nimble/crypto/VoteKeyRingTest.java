package nimble.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.VoteKeyRing.Ballot;
import nimble.crypto.VoteKeyRing.Tally;
import nimble.sim.Seeds;
import nimble.types.VoteSignature;
import org.junit.jupiter.api.Test;
import supranational.blst.P2;
import supranational.blst.P2_Affine;

final class VoteKeyRingTest {
  private static final VoteMessage MESSAGE = VoteMessage.of(Bytes.utf8("notarize 7"));
  private static final VoteMessage OTHER = VoteMessage.of(Bytes.utf8("notarize 8"));

  /// On the curve, but in no group that we use.
  private static final String OUTSIDE = "8123456789abcdef" + "0123456789abcdef".repeat(11);

  private static final BigInteger GROUP_ORDER =
      new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

  private static final List<VoteSigningKey> OWNERS =
      IntStream.range(0, 16)
          .mapToObj(i -> VoteSigningKey.fromSeed(Hashing.of("test", Bytes.ofU64(i)).bytes()))
          .toList();
  private static final VoteKeyRing RING = ring();

  @Test
  void k6TheBitmapNamesTheSigners() throws Malformed {
    BitSet signers = new BitSet();
    List<VoteSignature> signatures = new ArrayList<>();
    for (int signer : new int[] {0, 3, 15}) {
      signers.set(signer);
      signatures.add(OWNERS.get(signer).sign(MESSAGE));
    }
    VoteSignature aggregate = Bls.aggregate(signatures);
    assertTrue(RING.verify(signers, MESSAGE, aggregate));
    assertFalse(RING.verify(signers, OTHER, aggregate));
    signers.set(4);
    assertFalse(RING.verify(signers, MESSAGE, aggregate));
    signers.clear(4);
    signers.set(16);
    assertFalse(RING.verify(signers, MESSAGE, aggregate));
    assertFalse(RING.verify(new BitSet(), MESSAGE, aggregate));
  }

  @Test
  void twoSignaturesOfOneSignerHoldTogetherOnlyIfBothDo() throws Malformed {
    VoteSignature first = OWNERS.get(5).sign(MESSAGE);
    VoteSignature second = OWNERS.get(5).sign(OTHER);
    assertTrue(RING.verify(5, MESSAGE, first, OTHER, second));
    assertFalse(RING.verify(6, MESSAGE, first, OTHER, second));
    assertFalse(RING.verify(5, MESSAGE, second, OTHER, first));
    assertFalse(RING.verify(5, MESSAGE, first, OTHER, first));
    assertFalse(RING.verify(5, MESSAGE, second, OTHER, second));
    // Errors that cancel in a plain sum.
    VoteSignature error = OWNERS.get(1).sign(MESSAGE);
    VoteSignature raised = Bls.signature(point(first).add(point(error)));
    VoteSignature lowered = Bls.signature(point(second).add(point(error).neg()));
    assertFalse(RING.verify(5, MESSAGE, raised, OTHER, lowered));
  }

  /// The pairing is blind to what lies outside the group: without a look at it, one vote would have
  /// many encodings.
  @Test
  void k4NothingOutsideTheGroupHidesInASignature() {
    P2 stray = new P2(new P2_Affine(HexFormat.of().parseHex(OUTSIDE))).mult(GROUP_ORDER);
    VoteSignature first = OWNERS.get(5).sign(MESSAGE);
    VoteSignature second = OWNERS.get(5).sign(OTHER);
    VoteSignature strayed = Bls.signature(point(first).add(stray));
    assertFalse(RING.verify(5, MESSAGE, strayed));
    assertFalse(RING.verify(5, MESSAGE, strayed, OTHER, second));
    assertFalse(RING.verify(5, OTHER, second, MESSAGE, strayed));
    assertEquals(List.of(0), RING.tally(MESSAGE, List.of(new Ballot(5, strayed))).bad());
  }

  private static P2 point(VoteSignature signature) {
    return new P2(new P2_Affine(signature.bytes().toArray()));
  }

  /// A dumb second implementation checks every ballot on its own.
  @Test
  void tallyFindsTheBadBallots() {
    Seeds.forEach(
        12,
        random -> {
          List<Ballot> ballots = new ArrayList<>();
          int badOneIn = 1 + random.nextInt(8);
          for (int signer = 0; signer < OWNERS.size(); signer++) {
            boolean bad = badOneIn > 1 && random.nextInt(badOneIn) == 0;
            ballots.add(bad ? badBallot(signer, random.nextInt(4)) : good(signer));
          }
          List<Integer> expected =
              IntStream.range(0, ballots.size())
                  .filter(i -> !RING.verify(i, MESSAGE, ballots.get(i).signature()))
                  .boxed()
                  .toList();
          Tally tally = RING.tally(MESSAGE, ballots);
          assertEquals(expected, tally.bad());
          BitSet good = new BitSet();
          good.set(0, OWNERS.size());
          expected.forEach(good::clear);
          assertEquals(
              !good.isEmpty(),
              tally.aggregate().filter(sum -> RING.verify(good, MESSAGE, sum)).isPresent());
        });
  }

  @Test
  void tallyOfNothingIsNothing() {
    assertEquals(new Tally(Optional.empty(), List.of()), RING.tally(MESSAGE, List.of()));
    assertEquals(
        new Tally(Optional.empty(), List.of(0)), RING.tally(MESSAGE, List.of(badBallot(2, 0))));
  }

  /// Wrong each and right together: the sum is a good certificate, yet neither vote alone is good.
  @Test
  void twoKeysOfOneOwnerCanOnlyHideInTheSum() throws Malformed {
    P2_Affine shift = Bls.point(OWNERS.get(9).sign(OTHER));
    Ballot plus = new Ballot(0, Bls.signature(point(0).add(shift)));
    Ballot minus = new Ballot(1, Bls.signature(point(1).add(shift.to_jacobian().neg())));
    Tally tally = RING.tally(MESSAGE, List.of(plus, minus, good(2)));
    assertEquals(List.of(), tally.bad());
    assertFalse(RING.verify(0, MESSAGE, plus.signature()));
    assertFalse(RING.verify(1, MESSAGE, minus.signature()));
    BitSet three = new BitSet();
    three.set(0, 3);
    assertTrue(RING.verify(three, MESSAGE, tally.aggregate().orElseThrow()));
  }

  private static P2 point(int signer) throws Malformed {
    return Bls.point(OWNERS.get(signer).sign(MESSAGE)).to_jacobian();
  }

  private static Ballot good(int signer) {
    return new Ballot(signer, OWNERS.get(signer).sign(MESSAGE));
  }

  private static Ballot badBallot(int signer, int kind) {
    String bytes =
        switch (kind) {
          case 0 -> OWNERS.get(signer).sign(OTHER).toString();
          case 1 -> OWNERS.get((signer + 1) % OWNERS.size()).sign(MESSAGE).toString();
          case 2 -> "c0" + "00".repeat(95);
          default -> "8123456789abcdef" + "0123456789abcdef".repeat(11);
        };
    return new Ballot(signer, new VoteSignature(Bytes.wrap(HexFormat.of().parseHex(bytes))));
  }

  private static VoteKeyRing ring() {
    try {
      return VoteKeyRing.of(OWNERS.stream().map(VoteSigningKey::voteKey).toList());
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}
