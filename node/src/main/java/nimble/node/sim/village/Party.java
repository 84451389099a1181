package nimble.node.sim.village;

import java.util.SortedMap;
import nimble.codec.Bytes;
import nimble.training.Audit;
import nimble.training.dispute.Dispute;
import nimble.training.fault.Deviating;
import nimble.training.fault.DeviatingAudit;
import nimble.training.fault.FalseAccuser;
import nimble.training.role.AuditBundle;
import nimble.training.role.AuditWork;
import nimble.training.role.MachineAudit;
import nimble.training.role.MachineWork;
import nimble.training.role.Outcome;
import nimble.training.role.Plan;
import nimble.training.role.RoundEvidence;
import nimble.training.role.StageWork;
import nimble.types.Hash;
import nimble.vm.Floats;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tolerance;
import nimble.vm.fault.SavesBits;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// How the two sides of a [Quarrel] do their work, and what they say of it.
final class Party {
  private static final ReferenceMachine HONEST = new ReferenceMachine();

  /// The side that is accused. Who lies computes with few bits in the class that it showed, finds
  /// nothing wrong with it, and appeals.
  enum Miner {
    HONEST,
    /// Shows how it came to what it committed to.
    STANDS_BY_IT,
    /// Shows how one should have computed, which is not what it committed to.
    DENIES_IT,
    SAYS_NOTHING;

    boolean lies() {
      return this != HONEST;
    }

    StageWork work(Plan plan, int stage, Tolerance tolerance) {
      MachineWork honest = new MachineWork(Party.HONEST, plan, stage, tolerance);
      return switch (this) {
        case HONEST -> honest;
        case STANDS_BY_IT ->
            new Pretends(honest, new MachineWork(coarse(), plan, stage, tolerance), true);
        case DENIES_IT ->
            new Pretends(
                honest, new MachineWork(new Denies(coarse()), plan, stage, tolerance), true);
        case SAYS_NOTHING ->
            new Pretends(honest, new MachineWork(coarse(), plan, stage, tolerance), false);
      };
    }
  }

  /// The side that says that the work is false.
  enum Accuser {
    /// Where it is.
    HONEST,
    /// And shows how it would be, with few bits.
    MAKES_IT_UP,
    SAYS_NOTHING,
    /// Honest but for that: of another class, where every number is another.
    OF_ANOTHER_CLASS,
    /// It cannot run the program: says nothing but what is exact.
    UNABLE;

    AuditWork work(MachineAudit honest, Plan plan, int stage, Tolerance tolerance) {
      return switch (this) {
        case HONEST -> honest;
        case MAKES_IT_UP -> new MakesUp(honest, new MachineAudit(coarse(), plan, stage, tolerance));
        case SAYS_NOTHING -> new FalseAccuser(honest);
        case OF_ANOTHER_CLASS ->
            new Insists(
                new MachineAudit(new ReferenceMachine(Sums.NARROW), plan, stage, tolerance));
        case UNABLE -> new MachineAudit(new Missing(), plan, stage, tolerance);
      };
    }
  }

  private Party() {}

  private static SavesBits coarse() {
    return new SavesBits(HONEST);
  }

  /// Computes on one machine, and shows the class of another.
  private static final class Pretends extends Deviating {
    private final StageWork shown;
    private final boolean plays;

    Pretends(StageWork shown, StageWork lying, boolean plays) {
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
        Audit audit, RoundEvidence evidence, SortedMap<Hash, Bytes> blobs, Dispute dispute) {
      return plays
          ? honest.defend(audit, evidence, blobs, dispute)
          : super.defend(audit, evidence, blobs, dispute);
    }
  }

  /// Computes with few bits, and traces with all.
  private record Denies(SavesBits lying) implements Machine, TraceMachine {
    @Override
    public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
      return lying.load(spec, weights, base);
    }

    @Override
    public TraceProgram trace(TraceForm form, Floats weights, StageBase base) {
      return HONEST.trace(form, weights, base);
    }

    @Override
    public void close() {}
  }

  /// No program runs on it.
  private record Missing() implements Machine {
    @Override
    public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
      throw new IllegalStateException("there is no memory for it");
    }

    @Override
    public void close() {}
  }

  /// Says of all work that it is false, and plays as an honest one would.
  private record Insists(AuditWork honest) implements DeviatingAudit {
    @Override
    public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
      return new FalseAccuser(honest).redo(bundle, sameClass);
    }

    @Override
    public Outcome.OfAudit play(AuditBundle bundle, boolean sameClass, Dispute dispute) {
      return honest.play(bundle, sameClass, dispute);
    }
  }

  /// Shows the class of one machine, and computes on another.
  private record MakesUp(AuditWork shown, AuditWork lying) implements DeviatingAudit {
    @Override
    public AuditWork honest() {
      return lying;
    }

    @Override
    public Outcome.Probed probe() {
      return shown.probe();
    }

    @Override
    public Outcome.OfAudit redo(AuditBundle bundle, boolean sameClass) {
      return new Insists(lying).redo(bundle, sameClass);
    }

    @Override
    public Outcome.OfAudit play(AuditBundle bundle, boolean sameClass, Dispute dispute) {
      return lying.play(bundle, sameClass, dispute);
    }
  }
}
