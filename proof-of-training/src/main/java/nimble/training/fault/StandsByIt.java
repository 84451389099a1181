package nimble.training.fault;

import java.util.SortedMap;
import nimble.codec.ByteSource;
import nimble.training.Audit;
import nimble.training.dispute.Dispute;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.RoundEvidence;
import nimble.training.role.miner.StageWork;
import nimble.types.Hash;

/// Shows the class of one machine and computes on another, on which it does accused steps again,
/// too: so it finds nothing wrong, and appeals.
public final class StandsByIt extends Deviating {
  private final StageWork shown;
  private final boolean plays;

  /// @param shown only its class
  /// @param lying what it does
  /// @param plays shows in a dispute what its machine says; otherwise it has nothing to show
  public StandsByIt(StageWork shown, StageWork lying, boolean plays) {
    super(lying);
    this.shown = shown;
    this.plays = plays;
  }

  @Override
  public Outcome.Probed probe() {
    return shown.probe();
  }

  @Override
  public Outcome.Played defend(
      Audit audit,
      RoundEvidence evidence,
      SortedMap<Hash, ? extends ByteSource> blobs,
      Dispute dispute) {
    return plays
        ? honest.defend(audit, evidence, blobs, dispute)
        : super.defend(audit, evidence, blobs, dispute);
  }
}
