package nimble.node.sim.village;

import java.util.function.Function;
import nimble.training.fault.FalseAccuser;
import nimble.training.fault.StandsByIt;
import nimble.training.fault.UnableAuditor;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.miner.StageWork;
import nimble.vm.Machine;
import nimble.vm.fault.SavesBits;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;

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

    StageWork work(Function<Machine, StageWork> on) {
      StageWork honest = on.apply(Party.HONEST);
      return switch (this) {
        case HONEST -> honest;
        case STANDS_BY_IT -> new StandsByIt(honest, on.apply(new SavesBits(Party.HONEST)), true);
        case DENIES_IT ->
            new StandsByIt(honest, on.apply(new SavesBits(Party.HONEST, true, false)), true);
        case SAYS_NOTHING -> new StandsByIt(honest, on.apply(new SavesBits(Party.HONEST)), false);
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

    AuditWork work(Function<Machine, AuditWork> on) {
      return switch (this) {
        case HONEST -> on.apply(Party.HONEST);
        case MAKES_IT_UP ->
            new FalseAccuser(on.apply(new SavesBits(Party.HONEST, false, true)), true);
        case SAYS_NOTHING -> new FalseAccuser(on.apply(Party.HONEST));
        case OF_ANOTHER_CLASS ->
            new FalseAccuser(on.apply(new ReferenceMachine(Sums.NARROW)), true);
        case UNABLE -> new UnableAuditor(on.apply(Party.HONEST));
      };
    }
  }

  private Party() {}
}
