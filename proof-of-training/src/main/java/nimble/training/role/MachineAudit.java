package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Verdict;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.Audit;
import nimble.types.Hash;
import nimble.vm.Evidence;
import nimble.vm.Evidence.MicroBatch;
import nimble.vm.Machine;
import nimble.vm.Metering;
import nimble.vm.Probe;
import nimble.vm.StageAudit;
import nimble.vm.StageSpec;
import nimble.vm.TextData;
import nimble.vm.Tolerance;
import org.jspecify.annotations.Nullable;

/// Audits a stage as one should, on a [Machine]. The bench is made at the first audit.
public final class MachineAudit implements AuditWork {
  private final Machine machine;
  private final Plan plan;
  private final int stage;
  private final StageSpec spec;
  private @Nullable StageAudit bench;

  public MachineAudit(Machine machine, Plan plan, int stage) {
    this.machine = machine;
    this.plan = plan;
    this.stage = stage;
    spec = plan.stages().get(stage);
  }

  @Override
  public Outcome.Probed probe() {
    return new Outcome.Probed(Probe.measure(machine, spec, plan.training(), plan.beacon()));
  }

  @Override
  public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
    Audit audit = bundle.duty().audit();
    boolean done = false;
    try {
      Evidence evidence = evidence(bundle);
      StageAudit.Result result = bench().audit(evidence, sameClass);
      done = true;
      return new Outcome.Redone(
          audit.id(),
          verdict(result.finding()),
          result.answer(),
          result.reason(),
          Metering.of(spec).audit(plan.microBatches(), plan.rounds().stepsOf(audit.round())));
    } catch (Malformed e) {
      return new Outcome.Unusable(audit.id(), e.reason());
    } finally {
      if (!done) {
        closeBench(); // Whatever it stands at now.
      }
    }
  }

  @Override
  public Outcome.OfAudit check(AuditBundle bundle) {
    try {
      evidence(bundle);
      return new Outcome.Checked(bundle.duty().id());
    } catch (Malformed e) {
      return new Outcome.Unusable(bundle.duty().id(), e.reason());
    }
  }

  @Override
  public Outcome.Closed close() {
    closeBench();
    return new Outcome.Closed();
  }

  private Evidence evidence(AuditBundle bundle) throws Malformed {
    Audit audit = bundle.duty().audit();
    RoundIndex index = bundle.index();
    List<Bytes> gradients = index.gradients(bundle.gradients());
    List<Evidence.Step> steps = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      steps.add(step(index.steps().get(i), gradients.get(i)));
    }
    RoundShape shape = RoundShape.of(plan, stage, audit.round());
    return new Evidence(
        start(bundle),
        plan.rounds().firstStep(audit.round()),
        steps,
        bundle.duty().claimed().roots().stateRootAfter(),
        audit.step(),
        withData(audit, index.microBatches(shape, audit.step(), bundle.edges()), bundle.text()),
        audit.seed());
  }

  private static Evidence.Step step(StepLeaf leaf, Bytes gradient) {
    return switch (leaf) {
      case StepLeaf.Trained(Hash _, long squareBits, int factorBits, var _) ->
          new Evidence.Step(gradient, squareBits, factorBits);
      case StepLeaf.Validated _ ->
          throw new IllegalStateException("the index has fewer training steps than gradients");
    };
  }

  /// A state that is not the one that the round began with is not the evidence.
  private static Evidence.Start start(AuditBundle bundle) throws Malformed {
    return switch (bundle.start()) {
      case AuditBundle.Start.Seed() -> new Evidence.Start.Initial();
      case AuditBundle.Start.Standing() -> new Evidence.Start.Standing();
      case AuditBundle.Start.Fetched(Bytes blob) -> {
        Evidence.Start.Kept kept = CheckpointBlob.parts(blob);
        Optional<Hash> root = Optional.of(kept.manifest().root());
        if (!root.equals(bundle.duty().claimed().stateRootBefore())) {
          throw new Malformed("the start state is not that of the round");
        }
        yield kept;
      }
    };
  }

  /// Inputs and labels come from the data set by the order rule, never from the miner.
  private List<MicroBatch> withData(Audit audit, List<MicroBatch> crossed, Bytes text) {
    if (!spec.first() && !spec.last()) {
      return crossed;
    }
    TextData data = new TextData(text, Math.toIntExact(plan.trainingBytes()));
    List<MicroBatch> all = new ArrayList<>();
    for (int i = 0; i < crossed.size(); i++) {
      MicroBatch batch = crossed.get(i);
      TextData.Example example = plan.example(data, spec, audit.round(), audit.step(), i);
      all.add(
          new MicroBatch(
              spec.first() ? example.inputs() : batch.input(),
              batch.inputGradient(),
              batch.output(),
              batch.outputGradient(),
              spec.last() ? example.labels() : Bytes.EMPTY));
    }
    return all;
  }

  private StageAudit bench() {
    StageAudit present = bench;
    if (present == null) {
      present = new StageAudit(machine, spec, plan.training(), Tolerance.FIRST);
      bench = present;
    }
    return present;
  }

  private void closeBench() {
    StageAudit present = bench;
    if (present != null) {
      present.close();
      bench = null;
    }
  }

  private static Verdict verdict(StageAudit.Finding finding) {
    return switch (finding) {
      case EQUAL -> Verdict.UPHELD;
      case DEVIATES -> Verdict.DEVIATES;
      case FALSE -> Verdict.REJECTED;
    };
  }
}
