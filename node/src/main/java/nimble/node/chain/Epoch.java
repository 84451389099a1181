package nimble.node.chain;

import java.util.List;
import nimble.chain.ValidatorSet;
import nimble.consensus.Committee;
import nimble.consensus.Engine;
import nimble.consensus.Timing;
import nimble.crypto.Ed25519;
import nimble.genesis.ConsensusParameters;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.ledger.JobRules;
import nimble.ledger.Ledger;
import nimble.ledger.SeenSignatures;
import nimble.ledger.SignatureCheck;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What holds for one epoch: its validators, its leader schedule, its rules of blocks.
public final class Epoch {
  private final Genesis genesis;
  private final ValidatorSet set;
  private final Committee committee;
  private final Ballots ballots;
  private final JobRules jobs;
  private final SignatureCheck signatures = new SeenSignatures(Ed25519::verify);
  private final Ledger ledger;
  private final ChainRules rules;

  private Epoch(
      Genesis genesis,
      long number,
      ValidatorSet set,
      Hash seed,
      PublicKey self,
      JobRules jobs,
      SeenVotes seen) {
    this.genesis = genesis;
    this.set = set;
    this.committee =
        new Committee(
            number,
            set.validators().stream().map(ValidatorSet.Validator::stake).toList(),
            set.indexOf(self).orElse(Committee.OBSERVER),
            view -> set.leader(seed, view));
    this.ballots = new Ballots(genesis.chain(), set, seen);
    this.jobs = jobs;
    this.ledger = new Ledger(jobs, signatures, new ConflictingVotes());
    this.rules = new ChainRules(genesis, set, committee, ballots, ledger);
  }

  /// Epoch 0: validators, weights and the seed of leaders are those of genesis.
  public static Epoch first(Genesis genesis, PublicKey self, JobRules jobs, SeenVotes seen) {
    return new Epoch(genesis, 0, genesis.validatorSet(), genesis.beacon(), self, jobs, seen);
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

  JobRules rulesOfJobs() {
    return jobs;
  }

  SignatureCheck signatures() {
    return signatures;
  }

  ChainRules rules() {
    return rules;
  }

  /// The identities of the validators' nodes, by index.
  List<PublicKey> hotKeys() {
    return set.validators().stream().map(ValidatorSet.Validator::hotKey).toList();
  }
}
