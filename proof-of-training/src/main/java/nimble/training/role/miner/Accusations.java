package nimble.training.role.miner;

import java.util.List;
import nimble.chain.StageSlot;
import nimble.training.Audit;
import nimble.training.ClosedStage;
import nimble.training.dispute.Dispute;
import nimble.training.role.evidence.Plan;
import nimble.types.Address;

/// Rounds of one slot that somebody finds wrong, as the finalized state shows them to the miner
/// that did them, whoever holds the stage by now.
///
/// @param accused audits in which it may concede or appeal now
/// @param disputed audits in which it may have to move
public record Accusations(
    StageSlot slot, Plan plan, Address miner, List<Accused> accused, List<Disputed> disputed) {
  /// A round that auditors found wrong.
  ///
  /// @param mayConcede it has not conceded lately
  public record Accused(Audit audit, ClosedStage claimed, boolean mayConcede) {}

  /// A round that is disputed.
  public record Disputed(Audit audit, ClosedStage claimed, Dispute game) {}

  public Accusations {
    accused = List.copyOf(accused);
    disputed = List.copyOf(disputed);
  }

  boolean isEmpty() {
    return accused.isEmpty() && disputed.isEmpty();
  }

  Accusations none() {
    return new Accusations(slot, plan, miner, List.of(), List.of());
  }

  /// Whether redoing a step needs the data set.
  boolean readsData() {
    return slot.stage() == 0 || slot.stage() == plan.depth() - 1;
  }
}
