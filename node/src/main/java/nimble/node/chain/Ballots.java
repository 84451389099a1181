package nimble.node.chain;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Certificate;
import nimble.consensus.SignedVote;
import nimble.consensus.SignerSet;
import nimble.consensus.Vote;
import nimble.crypto.Bls;
import nimble.crypto.VoteKeyRing;
import nimble.crypto.VoteSigningKey;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.VoteSignature;

/// Signs and checks votes for one validator set.
final class Ballots {
  /// The good votes as one certificate, and who sent bad ones.
  record Tally(Optional<Certificate> sum, SignerSet bad) {}

  private final ChainId chain;
  private final Hash set;
  private final SeenVotes seen;
  private final VoteKeyRing ring;

  Ballots(ChainId chain, ValidatorSet set, SeenVotes seen) {
    this.chain = chain;
    this.set = set.hash();
    this.seen = seen;
    try {
      this.ring =
          VoteKeyRing.of(set.validators().stream().map(ValidatorSet.Validator::voteKey).toList());
    } catch (Malformed e) {
      throw new IllegalArgumentException("validator set: " + e.reason(), e);
    }
  }

  SignedVote sign(int signer, Vote vote, VoteSigningKey key) {
    return new SignedVote(signer, vote, key.sign(seen.message(vote.preimage(chain))));
  }

  boolean isValid(SignedVote vote) {
    return isValid(vote.signer(), vote.vote().preimage(chain), vote.signature());
  }

  /// The vote of a leader on its own block: the block's beacon is checked along with it, for that
  /// comes next.
  boolean isValid(SignedVote vote, Header proposed) {
    Bytes votePreimage = vote.vote().preimage(chain);
    Bytes beaconPreimage = Header.beaconPreimage(chain, proposed.epoch(), proposed.view());
    int signer = vote.signer();
    if (signer == proposed.proposer()
        && signer < ring.size()
        && ring.verify(
            signer,
            seen.message(votePreimage),
            vote.signature(),
            seen.message(beaconPreimage),
            proposed.sigma())) {
      SignerSet alone = SignerSet.of(List.of(signer));
      return seen.add(set, alone, votePreimage, vote.signature())
          && seen.add(set, alone, beaconPreimage, proposed.sigma());
    }
    return isValid(vote);
  }

  boolean isValid(Certificate certificate) {
    Bytes preimage = certificate.vote().preimage(chain);
    return seen.holds(
        set,
        certificate.signers(),
        preimage,
        certificate.aggregate(),
        () -> {
          BitSet signers = new BitSet();
          certificate.signers().indexes().forEach(signers::set);
          return ring.verify(signers, seen.message(preimage), certificate.aggregate());
        });
  }

  /// Checks `votes` as one aggregate and adds the good ones to `base`.
  Tally tally(Vote vote, Optional<Certificate> base, List<SignedVote> votes) {
    Optional<Certificate> all = sum(vote, votes).filter(this::isValid);
    if (all.isPresent()) {
      return new Tally(Optional.of(join(vote, base, all.get())), SignerSet.NONE);
    }
    VoteKeyRing.Tally tally =
        ring.tally(
            seen.message(vote.preimage(chain)),
            votes.stream()
                .map(signed -> new VoteKeyRing.Ballot(signed.signer(), signed.signature()))
                .toList());
    List<Integer> bad = tally.bad().stream().map(position -> votes.get(position).signer()).toList();
    SignerSet good =
        SignerSet.of(
            votes.stream().map(SignedVote::signer).filter(it -> !bad.contains(it)).toList());
    return new Tally(
        tally
            .aggregate()
            .map(aggregate -> join(vote, base, new Certificate(vote, good, aggregate)))
            .or(() -> base),
        SignerSet.of(bad));
  }

  /// Empty when there are none, or one of the signatures is no point of the curve.
  private static Optional<Certificate> sum(Vote vote, List<SignedVote> votes) {
    if (votes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Certificate(
              vote,
              SignerSet.of(votes.stream().map(SignedVote::signer).toList()),
              Bls.aggregate(votes.stream().map(SignedVote::signature).toList())));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  /// The sum of both, whose signers are different ones.
  private static Certificate join(Vote vote, Optional<Certificate> base, Certificate more) {
    if (base.isEmpty()) {
      return more;
    }
    List<Integer> signers = new ArrayList<>(base.get().signers().indexes());
    signers.addAll(more.signers().indexes());
    return new Certificate(
        vote, SignerSet.of(signers), aggregate(List.of(base.get().aggregate(), more.aggregate())));
  }

  VoteSignature signBeacon(long epoch, long view, VoteSigningKey key) {
    return key.sign(seen.message(Header.beaconPreimage(chain, epoch, view)));
  }

  boolean isValidBeacon(Header header) {
    return isValid(
        header.proposer(),
        Header.beaconPreimage(chain, header.epoch(), header.view()),
        header.sigma());
  }

  private boolean isValid(int signer, Bytes preimage, VoteSignature signature) {
    return signer < ring.size()
        && seen.holds(
            set,
            SignerSet.of(List.of(signer)),
            preimage,
            signature,
            () -> ring.verify(signer, seen.message(preimage), signature));
  }

  private static VoteSignature aggregate(List<VoteSignature> verified) {
    try {
      return Bls.aggregate(verified);
    } catch (Malformed e) {
      Invariant.check(false, "a verified signature is no point: %s", e.reason());
      throw new IllegalStateException(e);
    }
  }
}
