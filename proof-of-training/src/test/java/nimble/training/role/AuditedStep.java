package nimble.training.role;

import java.util.List;
import java.util.SortedMap;
import nimble.blob.Rope;
import nimble.codec.Bytes;
import nimble.training.Audit;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.vm.StageSpec;
import nimble.vm.reference.ReferenceMachine;

/// One audit of the middle stage of a tiny job, and the data of it.
final class AuditedStep {
  private static final int ROUND = 1;
  private static final int STEP = 0;
  private static final Plan PLAN = Tiny.plan(2, 1);
  static final StageSpec STAGE = PLAN.stages().get(1);
  private static final TrainedJob JOB = TrainedJob.run(PLAN, 2, _ -> new ReferenceMachine());
  private static final TrainedJob.Round DONE = JOB.rounds.get(ROUND).get(1);
  static final AuditDuty DUTY = duty();

  private AuditedStep() {}

  private static AuditDuty duty() {
    Audit audit = Audits.drawn(3, 1, ROUND, STEP, AuditChain.COMMIT.after(new Moment(0, 0)));
    return new AuditDuty(audit, PLAN, Tiny.address(9), false, DONE.closed(), List.of());
  }

  static Bytes rope(RoundIndex index, SortedMap<Hash, Bytes> blobs) {
    Rope rope = Bundle.of(DUTY.evidence(index), STEP, blobs);
    return rope.read(0, Math.toIntExact(rope.size()));
  }

  /// As its miner would show it.
  static Bytes bundle() {
    return rope(DONE.index(), JOB.blobs);
  }

  /// The state that it starts from.
  static Bytes start() {
    return JOB.blob(DONE.index().start().orElseThrow().manifest());
  }
}
