package nimble.training.role.evidence;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import nimble.blob.Rope;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.Audit;
import nimble.training.role.Audits;
import nimble.training.role.Tiny;
import nimble.training.role.TrainedJob;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.vm.StageSpec;
import nimble.vm.audit.Evidence;
import nimble.vm.reference.ReferenceMachine;

/// One audit of the middle stage of a tiny job, and the data of it.
final class AuditedStep {
  private static final int ROUND = 1;
  private static final int STEP = 0;
  private static final Plan PLAN = Tiny.plan(2, 1);
  static final StageSpec STAGE = PLAN.stages().get(1);
  private static final TrainedJob JOB = TrainedJob.run(PLAN, 2, _ -> new ReferenceMachine());
  private static final TrainedJob.Round DONE = JOB.rounds.get(ROUND).get(1);
  private static final Audit AUDIT = Audits.drawn(3, 1, ROUND, STEP, new Moment(9_000, 9));

  private AuditedStep() {}

  /// What was put together is taken apart.
  static Bundle read(Bytes bundle) throws Malformed {
    return Bundle.read(PLAN, AUDIT, DONE.closed(), new Rope(List.of(bundle)));
  }

  static Bytes rope(RoundIndex index, SortedMap<Hash, Bytes> blobs) {
    RoundEvidence evidence = new RoundEvidence(PLAN, 1, ROUND, index, DONE.closed());
    Rope rope = Bundle.of(evidence, STEP, blobs);
    return rope.read(0, Math.toIntExact(rope.size()));
  }

  /// Put together for who redoes the step.
  static Evidence evidence(UnaryOperator<ByteSource> blob) throws Malformed {
    RoundEvidence evidence = new RoundEvidence(PLAN, 1, ROUND, DONE.index(), DONE.closed());
    return evidence.assemble(
        STEP, AUDIT.seed(), name -> blob.apply(JOB.blob(name.manifest())), Optional.empty());
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
