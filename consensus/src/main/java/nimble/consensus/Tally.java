package nimble.consensus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Votes on one subject: what is verified, as one aggregate, and what is not yet.
final class Tally {
  private final Vote subject;
  private final TreeMap<Integer, SignedVote> votes = new TreeMap<>();
  private Optional<Certificate> verified = Optional.empty();
  private boolean checking;

  Tally(Vote subject) {
    this.subject = subject;
  }

  void add(SignedVote vote) {
    votes.put(vote.signer(), vote);
  }

  void remove(int signer) {
    votes.remove(signer);
  }

  Optional<Certificate> verified() {
    return verified;
  }

  /// Takes over a verified aggregate if it weighs more than the one that is here.
  void adopt(Certificate sum, Committee committee) {
    long weight = committee.weightOf(sum.signers());
    if (weight > verified.map(known -> committee.weightOf(known.signers())).orElse(0L)) {
      verified = Optional.of(sum);
    }
  }

  SignerSet signers() {
    List<Integer> signers = new ArrayList<>(votes.keySet());
    verified.ifPresent(sum -> signers.addAll(sum.signers().indexes()));
    return SignerSet.of(signers);
  }

  private List<SignedVote> unverified() {
    return votes.values().stream()
        .filter(vote -> verified.filter(sum -> sum.signers().contains(vote.signer())).isEmpty())
        .toList();
  }

  /// The check of what is unverified, if there is any and none is under way.
  Optional<Effect.CheckVotes> check() {
    List<SignedVote> unverified = unverified();
    if (checking || unverified.isEmpty()) {
      return Optional.empty();
    }
    checking = true;
    return Optional.of(new Effect.CheckVotes(subject, verified, unverified));
  }

  void checked() {
    checking = false;
  }
}
