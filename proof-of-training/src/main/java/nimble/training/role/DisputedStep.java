package nimble.training.role;

import java.util.Optional;
import nimble.chain.AuditCall.DisputeMove;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.training.dispute.Board;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Exhibits;
import nimble.training.dispute.Move;
import nimble.training.dispute.Player;
import nimble.training.role.evidence.AuditBundle;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RoundEvidence;
import nimble.types.Address;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.audit.Evidence;
import nimble.vm.trace.StepTraces;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// A step that a dispute is about, done again from its evidence for each move: nothing is kept
/// between moves, so a restart loses nothing.
public final class DisputedStep {
  private DisputedStep() {}

  /// What a side says next; nothing on a machine that cannot trace.
  public static Optional<Move> move(
      Machine machine,
      Plan plan,
      StageSpec spec,
      Evidence evidence,
      boolean sameClass,
      Dispute dispute,
      StageBase base)
      throws Malformed {
    if (!(machine instanceof TraceMachine tracer)) {
      return Optional.empty();
    }
    Board board = board(spec, plan, evidence);
    try (StepTraces step = new StepTraces(board.form(), plan.training(), evidence, base);
        TraceProgram program = tracer.trace(board.form(), step.weights(), base)) {
      Player player =
          new Player(board, Exhibits.of(board, step), sameClass, i -> step.trace(program, i));
      return player.move(dispute);
    }
  }

  private static Board board(StageSpec spec, Plan plan, Evidence evidence) {
    long step = evidence.firstStep() + evidence.audited();
    return Board.of(spec, plan.training(), evidence.trains(), step);
  }

  /// The exact parts of the step as one root: [Outcome.Examined], or [Outcome.Unusable] where the
  /// evidence is not what was committed to. Takes no machine.
  public static Outcome.OfAudit examine(AuditBundle bundle, StageBase base) {
    try {
      Evidence evidence = bundle.evidence();
      RoundEvidence round = bundle.round();
      Plan plan = round.plan();
      StageSpec spec = plan.stages().get(round.stage());
      Board board = board(spec, plan, evidence);
      try (StepTraces step = new StepTraces(board.form(), plan.training(), evidence, base)) {
        return new Outcome.Examined(bundle.audit().id(), Exhibits.of(board, step).subject(board));
      }
    } catch (Malformed e) {
      return new Outcome.Unusable(bundle.audit().id(), e.reason());
    }
  }

  /// The call with which `player` says it on chain.
  public static DisputeMove call(Outcome.Played played, Address player, Move move) {
    return new DisputeMove(played.audit(), player, played.number(), Writer.encode(move::write));
  }
}
