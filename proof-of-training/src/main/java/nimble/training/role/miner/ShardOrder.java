package nimble.training.role.miner;

import nimble.blob.ReedSolomon;
import nimble.training.Audit;
import nimble.training.ClosedStage;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RoundEvidence;
import nimble.training.role.evidence.RoundIndex;

/// A challenged audit of this miner's work: validators wait for shards of its data.
///
/// @param code by which they are cut
public record ShardOrder(Audit audit, Plan plan, ClosedStage claimed, ReedSolomon code) {
  ShelfGroup group() {
    return ShelfGroup.shards(audit);
  }

  ShelfGroup round() {
    return ShelfGroup.round(audit.slot(), audit.attempt(), audit.round());
  }

  RoundEvidence evidence(RoundIndex index) {
    return new RoundEvidence(plan, audit.slot().stage(), audit.round(), index, claimed);
  }
}
