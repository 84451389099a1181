package nimble.node.chain;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.consensus.Certificate;
import nimble.consensus.SignedVote;
import nimble.consensus.SignerSet;
import nimble.consensus.Vote;
import nimble.crypto.Bls;
import nimble.crypto.VoteKeyRing;
import nimble.crypto.VoteSigningKey;
import nimble.types.ChainId;
import nimble.types.VoteSignature;

/// Signs and checks votes for one validator set.
final class Ballots {
  /// The good votes as one certificate, and who sent bad ones.
  record Tally(Optional<Certificate> sum, SignerSet bad) {}

  private final ChainId chain;
  private final VoteKeyRing ring;

  Ballots(ChainId chain, ValidatorSet set) {
    this.chain = chain;
    try {
      this.ring =
          VoteKeyRing.of(set.validators().stream().map(ValidatorSet.Validator::voteKey).toList());
    } catch (Malformed e) {
      throw new IllegalArgumentException("validator set: " + e.reason(), e);
    }
  }

  SignedVote sign(int signer, Vote vote, VoteSigningKey key) {
    return new SignedVote(signer, vote, key.sign(vote.preimage(chain)));
  }

  boolean isValid(SignedVote vote) {
    return vote.signer() < ring.size()
        && ring.verify(vote.signer(), vote.vote().preimage(chain), vote.signature());
  }

  boolean isValid(Certificate certificate) {
    BitSet signers = new BitSet();
    certificate.signers().indexes().forEach(signers::set);
    return ring.verify(signers, certificate.vote().preimage(chain), certificate.aggregate());
  }

  /// Checks `votes` as one aggregate and adds the good ones to `base`.
  Tally tally(Vote vote, Optional<Certificate> base, List<SignedVote> votes) {
    VoteKeyRing.Tally tally =
        ring.tally(
            vote.preimage(chain),
            votes.stream()
                .map(signed -> new VoteKeyRing.Ballot(signed.signer(), signed.signature()))
                .toList());
    SignerSet bad =
        SignerSet.of(tally.bad().stream().map(position -> votes.get(position).signer()).toList());
    if (tally.aggregate().isEmpty()) {
      return new Tally(base, bad);
    }
    List<Integer> signers = new ArrayList<>();
    votes.stream().map(SignedVote::signer).filter(it -> !bad.contains(it)).forEach(signers::add);
    List<VoteSignature> sums = new ArrayList<>(List.of(tally.aggregate().get()));
    base.ifPresent(known -> {
      signers.addAll(known.signers().indexes());
      sums.add(known.aggregate());
    });
    return new Tally(
        Optional.of(new Certificate(vote, SignerSet.of(signers), aggregate(sums))), bad);
  }

  VoteSignature signBeacon(long epoch, long view, VoteSigningKey key) {
    return key.sign(Header.beaconPreimage(chain, epoch, view));
  }

  boolean isValidBeacon(Header header) {
    return header.proposer() < ring.size()
        && ring.verify(
            header.proposer(),
            Header.beaconPreimage(chain, header.epoch(), header.view()),
            header.sigma());
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
