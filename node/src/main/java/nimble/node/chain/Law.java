package nimble.node.chain;

import nimble.crypto.Ed25519;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.ledger.JobRules;
import nimble.ledger.Ledger;
import nimble.ledger.SeenSignatures;
import nimble.types.ChainId;
import nimble.types.PublicKey;

/// What holds in every epoch of a chain: its parameters and the rules of its ledger.
///
/// @param self identity of this node
/// @param seenVotes vote signatures that were checked before
public record Law(
    Genesis genesis,
    PublicKey self,
    JobRules jobs,
    SeenSignatures signatures,
    Ledger ledger,
    SeenVotes seenVotes) {
  public static Law of(Genesis genesis, PublicKey self, JobRules jobs, SeenVotes seenVotes) {
    SeenSignatures signatures = new SeenSignatures(Ed25519::verify);
    return new Law(
        genesis,
        self,
        jobs,
        signatures,
        new Ledger(jobs, signatures, new ConflictingVotes()),
        seenVotes);
  }

  ChainId chain() {
    return genesis.chain();
  }

  Parameters parameters() {
    return genesis.parameters();
  }
}
