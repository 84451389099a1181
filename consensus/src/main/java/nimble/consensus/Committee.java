package nimble.consensus;

import java.util.List;
import nimble.check.Invariant;

/// The validators of one epoch, and which of them this node is.
///
/// @param weights vote weight of each validator, by index
/// @param self this node's index, or [#OBSERVER]
public record Committee(long epoch, List<Long> weights, int self, LeaderSchedule leaders) {
  public static final int VALIDATORS_MAX = 100;

  /// Follows and never votes.
  public static final int OBSERVER = -1;

  public Committee {
    weights = List.copyOf(weights);
    Invariant.check(
        !weights.isEmpty() && weights.size() <= VALIDATORS_MAX, "%d validators", weights.size());
    Invariant.check(weights.stream().allMatch(weight -> weight > 0), "weights %s", weights);
    Invariant.check(self >= OBSERVER && self < weights.size(), "validator %d", self);
  }

  public int size() {
    return weights.size();
  }

  public int leaderOf(long view) {
    int leader = leaders.leaderOf(view);
    Invariant.check(leader >= 0 && leader < size(), "leader %d of %d", leader, size());
    return leader;
  }

  public boolean leads(long view) {
    return leaderOf(view) == self;
  }

  public long totalWeight() {
    return weights.stream().reduce(0L, Math::addExact);
  }

  /// `⌊2W/3⌋ + 1`: two of these share more than a third, hence an honest validator.
  public long quorum() {
    return Math.multiplyExact(totalWeight(), 2) / 3 + 1;
  }

  /// Indexes that are no validator's weigh nothing.
  public long weightOf(SignerSet signers) {
    return signers.indexes().stream().filter(index -> index < size()).mapToLong(weights::get).sum();
  }

  /// Whether these are validators, of quorum weight.
  public boolean isQuorum(SignerSet signers) {
    return signers.indexes().stream().allMatch(index -> index < size())
        && weightOf(signers) >= quorum();
  }
}
