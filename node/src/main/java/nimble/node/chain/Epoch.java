package nimble.node.chain;

import java.util.List;
import java.util.Optional;
import nimble.chain.ValidatorSet;
import nimble.consensus.Committee;
import nimble.consensus.Engine;
import nimble.consensus.Timing;
import nimble.crypto.VoteSigningKey;
import nimble.genesis.ConsensusParameters;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What holds for one epoch: its validators, its leader schedule, its rules of blocks (N5).
final class Epoch {
  private final Law law;
  private final EpochStart start;
  private final Committee committee;
  private final Ballots ballots;
  private final ChainRules rules;

  /// @param key that this node votes with, if it does
  Epoch(Law law, EpochStart start, Optional<VoteSigningKey> key) {
    ValidatorSet set = start.set();
    Hash seed = start.seed();
    this.law = law;
    this.start = start;
    this.committee =
        new Committee(
            start.number(),
            set.validators().stream().map(ValidatorSet.Validator::stake).toList(),
            self(law.self(), set, key),
            view -> set.leader(seed, view));
    this.ballots = new Ballots(law.chain(), set, law.seenVotes());
    this.rules = new ChainRules(law, set, committee, ballots);
  }

  /// A validator by its node's identity and its vote key: both are what the chain knows.
  private static int self(PublicKey self, ValidatorSet set, Optional<VoteSigningKey> key) {
    int index = set.indexOf(self).orElse(Committee.OBSERVER);
    boolean votes =
        index != Committee.OBSERVER
            && key.filter(it -> it.voteKey().equals(set.get(index).voteKey())).isPresent();
    return votes ? index : Committee.OBSERVER;
  }

  Engine engine() {
    ConsensusParameters timing = law.parameters().consensus();
    return new Engine(
        committee,
        new Timing(
            timing.leaderTimeoutMillis(),
            timing.certTimeoutMillis(),
            timing.retryMillis(),
            timing.fetchMillis(),
            timing.timeoutCapMillis()),
        start.last().digest());
  }

  long number() {
    return start.number();
  }

  Law law() {
    return law;
  }

  ValidatorSet set() {
    return start.set();
  }

  Committee committee() {
    return committee;
  }

  boolean votes() {
    return committee.self() != Committee.OBSERVER;
  }

  Ballots ballots() {
    return ballots;
  }

  ChainRules rules() {
    return rules;
  }

  /// The identities of the validators' nodes, by index.
  List<PublicKey> hotKeys() {
    return hotKeys(set());
  }

  static List<PublicKey> hotKeys(ValidatorSet set) {
    return set.validators().stream().map(ValidatorSet.Validator::hotKey).toList();
  }
}
