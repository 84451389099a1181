package nimble.node.chain;

import java.util.List;
import nimble.chain.ValidatorSet;
import nimble.consensus.Committee;
import nimble.consensus.Engine;
import nimble.consensus.Timing;
import nimble.genesis.ConsensusParameters;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.ledger.Ledger;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What holds for one epoch: its validators, its leader schedule, its rules of blocks.
public final class Epoch {
  private final Genesis genesis;
  private final ValidatorSet set;
  private final Committee committee;
  private final Ballots ballots;
  private final Ledger ledger;
  private final ChainRules rules;

  private Epoch(
      Genesis genesis, long number, ValidatorSet set, Hash seed, PublicKey self, Ledger ledger) {
    this.genesis = genesis;
    this.set = set;
    this.committee =
        new Committee(
            number,
            set.validators().stream().map(ValidatorSet.Validator::stake).toList(),
            set.indexOf(self).orElse(Committee.OBSERVER),
            view -> set.leader(seed, view));
    this.ballots = new Ballots(genesis.chain(), set);
    this.ledger = ledger;
    this.rules = new ChainRules(genesis, set, committee, ballots, ledger);
  }

  /// Epoch 0: validators, weights and the seed of leaders are those of genesis.
  public static Epoch first(Genesis genesis, PublicKey self, Ledger ledger) {
    return new Epoch(genesis, 0, genesis.validatorSet(), genesis.beacon(), self, ledger);
  }

  Engine engine(Hash genesisDigest) {
    ConsensusParameters timing = parameters().consensus();
    return new Engine(
        committee,
        new Timing(
            timing.leaderTimeoutMillis(),
            timing.certTimeoutMillis(),
            timing.retryMillis(),
            timing.fetchMillis(),
            timing.timeoutCapMillis()),
        genesisDigest);
  }

  ChainId chain() {
    return genesis.chain();
  }

  Parameters parameters() {
    return genesis.parameters();
  }

  ValidatorSet set() {
    return set;
  }

  Committee committee() {
    return committee;
  }

  Ballots ballots() {
    return ballots;
  }

  Ledger ledger() {
    return ledger;
  }

  ChainRules rules() {
    return rules;
  }

  /// The identities of the validators' nodes, by index.
  List<PublicKey> hotKeys() {
    return set.validators().stream().map(ValidatorSet.Validator::hotKey).toList();
  }
}
