package nimble.crypto;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;

/// The vote keys of one validator set, decompressed and checked once; signers are named by their
/// index in the set. Immutable; any thread may use it.
public final class VoteKeyRing {
  /// One signer's signature on the message in question.
  public record Ballot(int signer, VoteSignature signature) {}

  /// The sum of the good ballots, empty when there are none, and the positions of the bad ones in
  /// the list that was given, ascending.
  public record Tally(Optional<VoteSignature> aggregate, List<Integer> bad) {
    public Tally {
      bad = List.copyOf(bad);
    }
  }

  private final List<P1_Affine> points;

  private VoteKeyRing(List<P1_Affine> points) {
    this.points = points;
  }

  /// Malformed when one of the keys is no member of the group. The proofs of possession are the
  /// caller's to check, once, when a key is registered (K5).
  public static VoteKeyRing of(List<VoteKey> keys) throws Malformed {
    List<P1_Affine> points = new ArrayList<>(keys.size());
    for (VoteKey key : keys) {
      points.add(Bls.point(key));
    }
    return new VoteKeyRing(points);
  }

  public int size() {
    return points.size();
  }

  public boolean verify(int signer, VoteMessage message, VoteSignature signature) {
    return holds(points.get(signer), message, signature);
  }

  /// Whether one signer signed both messages; cheaper than to ask twice.
  public boolean verify(
      int signer,
      VoteMessage first,
      VoteSignature onFirst,
      VoteMessage second,
      VoteSignature onSecond) {
    Optional<P2_Affine> one = Bls.pointIfAny(onFirst);
    Optional<P2_Affine> other = Bls.pointIfAny(onSecond);
    return one.isPresent()
        && other.isPresent()
        && Bls.hold(
            points.get(signer),
            new Bls.Claim(first.point(), one.get()),
            new Bls.Claim(second.point(), other.get()));
  }

  /// Whether `signature` is the aggregate of all `signers` on one message. False when there are
  /// none; indices beyond the set come from outside in certificates, so they only make it false.
  public boolean verify(BitSet signers, VoteMessage message, VoteSignature signature) {
    if (signers.isEmpty() || signers.length() > size()) {
      return false;
    }
    P1 sum = new P1();
    signers.stream().forEach(signer -> sum.add(points.get(signer)));
    return holds(sum.to_affine(), message, signature);
  }

  boolean verifyAll(VoteMessage message, VoteSignature signature) {
    BitSet all = new BitSet();
    all.set(0, size());
    return verify(all, message, signature);
  }

  /// Checks ballots on one message at the price of one check when all are good, and by bisection
  /// otherwise: about log₂(n) checks for each bad one.
  ///
  /// The good ones are right in sum. Two keys of one owner can make two ballots that are wrong each
  /// and right together, so before a single ballot is forwarded or used as evidence it needs
  /// [#verify(int,VoteMessage,VoteSignature)].
  public Tally tally(VoteMessage message, List<Ballot> ballots) {
    BitSet bad = new BitSet();
    List<Vote> votes = new ArrayList<>();
    for (int i = 0; i < ballots.size(); i++) {
      int signer = ballots.get(i).signer();
      Invariant.check(signer >= 0 && signer < size(), "signer %d of %d", signer, size());
      Optional<P2_Affine> point = Bls.pointIfAny(ballots.get(i).signature());
      if (point.isPresent()) {
        votes.add(new Vote(i, points.get(signer), point.get()));
      } else {
        bad.set(i);
      }
    }
    if (!votes.isEmpty() && !sumHolds(message, votes)) {
      bisect(message, votes, bad);
    }
    List<Vote> good = votes.stream().filter(vote -> !bad.get(vote.position())).toList();
    return new Tally(
        good.isEmpty() ? Optional.empty() : Optional.of(Bls.signature(sumOfSignatures(good))),
        bad.stream().boxed().toList());
  }

  private record Vote(int position, P1_Affine key, P2_Affine signature) {}

  /// `votes` are known not to hold in sum. Sums are linear: if the left half holds, the right half
  /// does not. (The exception, keys that sum to infinity, only one owner of them all can make.)
  private static void bisect(VoteMessage message, List<Vote> votes, BitSet bad) {
    if (votes.size() == 1) {
      bad.set(votes.getFirst().position());
      return;
    }
    List<Vote> left = votes.subList(0, votes.size() / 2);
    List<Vote> right = votes.subList(votes.size() / 2, votes.size());
    boolean leftHolds = sumHolds(message, left);
    if (!leftHolds) {
      bisect(message, left, bad);
    }
    if (leftHolds || !sumHolds(message, right)) {
      bisect(message, right, bad);
    }
  }

  private static boolean sumHolds(VoteMessage message, List<Vote> votes) {
    P1 keys = new P1();
    votes.forEach(vote -> keys.add(vote.key()));
    return Bls.holds(keys.to_affine(), message.point(), sumOfSignatures(votes).to_affine());
  }

  private static P2 sumOfSignatures(List<Vote> votes) {
    P2 sum = new P2();
    votes.forEach(vote -> sum.add(vote.signature()));
    return sum;
  }

  private static boolean holds(P1_Affine key, VoteMessage message, VoteSignature signature) {
    return Bls.pointIfAny(signature)
        .filter(point -> Bls.holds(key, message.point(), point))
        .isPresent();
  }
}
