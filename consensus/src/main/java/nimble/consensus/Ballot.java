package nimble.consensus;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// One kind of vote in one view: the first vote of each signer (rule 9), sorted by subject.
final class Ballot {
  private final TreeMap<Integer, SignedVote> first = new TreeMap<>();
  private final LinkedHashMap<Vote, Tally> tallies = new LinkedHashMap<>();
  private final TreeSet<Integer> barred = new TreeSet<>();

  Optional<SignedVote> of(int signer) {
    return Optional.ofNullable(first.get(signer));
  }

  SignerSet signers() {
    return SignerSet.of(first.keySet());
  }

  boolean isBarred(int signer) {
    return barred.contains(signer);
  }

  void add(SignedVote vote) {
    first.put(vote.signer(), vote);
    tally(vote.vote()).add(vote);
  }

  Tally tally(Vote subject) {
    return tallies.computeIfAbsent(subject, Tally::new);
  }

  /// Whoever sent a bad signature is not listened to again here.
  void bar(int signer, Vote subject) {
    if (of(signer).filter(vote -> vote.vote().equals(subject)).isPresent()) {
      first.remove(signer);
    }
    tally(subject).remove(signer);
    barred.add(signer);
  }
}
