package nimble.training.role.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.DisputeMove;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.Audit;
import nimble.training.dispute.Board;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Game;
import nimble.training.dispute.Move;
import nimble.training.dispute.Refused;
import nimble.training.dispute.Result;
import nimble.training.dispute.Side;
import nimble.training.role.Audits;
import nimble.training.role.DisputedStep;
import nimble.training.role.Outcome;
import nimble.training.role.Tiny;
import nimble.training.role.TrainedJob;
import nimble.training.role.evidence.AuditBundle;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RoundEvidence;
import nimble.training.role.miner.MachineWork;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.djl.DjlMachine;
import nimble.vm.fault.SavesBits;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

/// Whole disputes about steps of a trained job, as a miner and an auditor play them from the
/// evidence (R24).
final class DisputedStepTest {
  private static final Plan PLAN = Tiny.plan(6, 3);
  private static final int ROUND = 1;
  private static final int STEP = 2;

  /// What came of it.
  private record Played(Result result, List<String> said, int bytes) {}

  private static Audit audit(int stage) {
    return Audits.drawn(3, stage, ROUND, STEP, AuditChain.COMMIT.after(new Moment(0, 0)));
  }

  private static AuditBundle bundle(TrainedJob job, int stage) {
    TrainedJob.Round round = job.rounds.get(ROUND).get(stage);
    RoundEvidence evidence = new RoundEvidence(PLAN, stage, ROUND, round.index(), round.closed());
    return new AuditBundle(audit(stage), evidence, false, false, job.blobs, Optional.of(Tiny.TEXT));
  }

  private static Played play(TrainedJob job, int stage, Machine miner, Machine accuser)
      throws Malformed {
    MachineWork work = new MachineWork(miner, PLAN, stage, Tiny.TOLERANCE);
    work.start(Tiny.TEXT);
    MachineAudit bench = new MachineAudit(accuser, PLAN, stage, Tiny.TOLERANCE);
    AuditBundle bundle = bundle(job, stage);
    Board board =
        Board.of(
            PLAN.stages().get(stage), PLAN.training(), true, PLAN.rounds().firstStep(ROUND) + STEP);
    Dispute dispute = Dispute.open();
    List<String> said = new ArrayList<>();
    try {
      while (true) {
        Side side = dispute.side().orElseThrow();
        Outcome.Played played =
            side == Side.MINER
                ? work.defend(bundle.audit(), bundle.round(), bundle.blobs(), dispute)
                : (Outcome.Played) bench.play(bundle, true, dispute);
        if (played.move().isEmpty()) {
          return new Played(dispute.silence(), said, dispute.bytes());
        }
        DisputeMove call = DisputedStep.call(played, bundle.audit().miner(), played.move().get());
        Move move = Reader.decode(call.move(), Move::read);
        said.add(move.getClass().getSimpleName());
        switch (Game.play(board, dispute, side, move)) {
          case Game.Step.Goes(Dispute next) -> dispute = next;
          case Game.Step.Ends(Result result) -> {
            return new Played(result, said, dispute.bytes() + call.move().size());
          }
        }
      }
    } catch (Refused e) {
      throw new AssertionError(said + ": " + e.reason(), e);
    } finally {
      work.close();
      bench.close();
    }
  }

  private static TrainedJob trained(int stage, Machine machine) {
    return TrainedJob.run(PLAN, 2, it -> it == stage ? machine : new ReferenceMachine());
  }

  private static void within(Played played) {
    assertTrue(played.said().size() <= Dispute.MOVES_MAX, played.toString());
    assertTrue(played.bytes() <= Dispute.BYTES_MAX, played.toString());
  }

  @Test
  void r24AMinerThatSavesBitsLoses() throws Malformed {
    for (int stage = 0; stage < PLAN.depth(); stage++) {
      TrainedJob job = trained(stage, new SavesBits(new ReferenceMachine()));
      Played played =
          play(job, stage, new SavesBits(new ReferenceMachine()), new ReferenceMachine());
      assertEquals(Result.MINER_LOSES, played.result(), played.toString());
      within(played);
    }
  }

  /// What it committed to was computed with few bits, and it says that it was not.
  @Test
  void r24AMinerThatDeniesItLosesToo() throws Malformed {
    for (int stage = 0; stage < PLAN.depth(); stage++) {
      TrainedJob job = trained(stage, new SavesBits(new ReferenceMachine()));
      Played played = play(job, stage, new ReferenceMachine(), new ReferenceMachine());
      assertEquals(Result.MINER_LOSES, played.result(), played.toString());
      assertEquals(2, played.said().size());
      within(played);
    }
  }

  @Test
  void r24AFalseAccuserLoses() throws Malformed {
    for (int stage = 0; stage < PLAN.depth(); stage++) {
      TrainedJob job = trained(stage, new ReferenceMachine());
      Played played =
          play(job, stage, new ReferenceMachine(), new SavesBits(new ReferenceMachine()));
      assertEquals(Result.ACCUSER_LOSES, played.result(), played.toString());
      within(played);
      Played agrees = play(job, stage, new ReferenceMachine(), new ReferenceMachine());
      assertEquals(Result.ACCUSER_LOSES, agrees.result());
      assertEquals(List.of("State"), agrees.said());
    }
  }

  @Test
  void r24HonestMachinesOfTwoClassesAreUndecided() throws Malformed {
    DjlMachine fast = new DjlMachine();
    for (int stage = 0; stage < PLAN.depth(); stage++) {
      TrainedJob job = trained(stage, fast);
      Played played = play(job, stage, fast, new ReferenceMachine());
      assertEquals(Result.UNDECIDED, played.result(), played.toString());
      within(played);
    }
  }

  @Test
  void r24AllFindTheSameExactParts() {
    TrainedJob job = trained(1, new ReferenceMachine());
    AuditBundle bundle = bundle(job, 1);
    Hash found = ((Outcome.Examined) DisputedStep.examine(bundle, StageBase.NONE)).subject();
    MachineAudit other =
        new MachineAudit(new SavesBits(new ReferenceMachine()), PLAN, 1, Tiny.TOLERANCE);
    assertEquals(new Outcome.Examined(bundle.audit().id(), found), other.examine(bundle));
  }
}
