package nimble.training;

import static nimble.chain.Verdict.REJECTED;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.chain.AuditCall.DisputeFinding;
import nimble.chain.AuditCall.DisputeMove;
import nimble.chain.WorkCall;
import nimble.codec.Writer;
import nimble.ledger.Accounts;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Exhibits;
import nimble.training.dispute.Move;
import nimble.training.dispute.Player;
import nimble.training.dispute.Table;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.trace.Trace;
import org.junit.jupiter.api.Test;

/// Disputes on chain: what an end costs whom (J30). Why moves are refused: [BadMovesTest].
final class DisputesTest {
  private static final long STAKE = 1_000 * World.NIM;
  private static final long PRICE = 100_000_000;
  private static final int CHALLENGE = (int) Panel.PARAMETERS.training().dataChallenge().blocks();

  final World world =
      Panel.world(
          new long[] {STAKE, STAKE, STAKE, STAKE, STAKE, STAKE}, PRICE, PRICE, PRICE, PRICE);
  final JobId id = world.submit(Panel.alwaysAudited(60));
  final Panel panel = new Panel(world, id);
  final Audit audit = disputed();
  final Table table = table();
  final List<Trace> honest = table.honest();

  private Audit disputed() {
    panel.start();
    Audit contested = panel.contested(REJECTED, UPHELD);
    panel.pass(CHALLENGE, contested);
    return panel.audit(contested);
  }

  private Table table() {
    return new Table(Disputes.board(world.state(), world.job(id), audit), 1);
  }

  private Dispute game() {
    return Jobs.dispute(world.state(), audit.id()).orElseThrow().game();
  }

  Address accuser() {
    return panel.audit(audit).contest().accuser().orElseThrow();
  }

  DisputeMove call(Address player, int number, Move move) {
    return new DisputeMove(audit.id(), player, number, Writer.encode(move::write));
  }

  DisputeMove next(Player player) {
    Address mover =
        switch (game().side().orElseThrow()) {
          case MINER -> audit.miner();
          case ACCUSER -> accuser();
        };
    return call(mover, game().moves(), player.move(game()).orElseThrow());
  }

  List<Trace> lying() {
    int tensor = table.board().form().given() + 2;
    float[] numbers = LittleEndian.floats(honest.getFirst().value(tensor));
    numbers[5] += 1;
    List<Trace> lying = new ArrayList<>(honest);
    lying.set(0, honest.getFirst().with(tensor, LittleEndian.ofFloats(numbers)));
    return lying;
  }

  private void play(Player miner, Player accuser) {
    int moves = 0;
    while (panel.isOpen(audit)) {
      WorkCall call = next(moves % 2 == 0 ? miner : accuser);
      assertTrue(world.isOpen(call), call.toString());
      world.work(call);
      moves++;
    }
    assertTrue(moves <= Dispute.MOVES_MAX);
  }

  @Test
  void j30AMinerThatLiesIsConvictedByOneNumber() {
    List<Trace> lying = lying();
    Exhibits exhibits = table.exhibits(lying);
    play(table.player(exhibits, true, lying), table.player(exhibits, true, honest));
    assertEquals(AuditOutcome.REJECTED, panel.outcome(audit));
    assertFalse(panel.isPaid(audit));
  }

  @Test
  void j30AnAccuserThatLiesPaysTwentyFees() {
    Address accuser = accuser();
    long before = Accounts.get(world.state(), accuser).stake();
    Exhibits exhibits = table.exhibits(honest);
    play(table.player(exhibits, true, honest), table.player(exhibits, true, lying()));
    assertEquals(AuditOutcome.UPHELD, panel.outcome(audit));
    assertTrue(panel.isPaid(audit));
    assertTrue(Accounts.get(world.state(), accuser).stake() < before);
  }

  /// Of which it depends what training leaves out.
  @Test
  void j30TheChainJudgesTheAuditedStep() {
    long first = world.job(id).rounds().firstStep(audit.round());
    assertEquals(first + audit.step(), table.board().step());
  }

  @Test
  void j30WhoDoesNotMoveLoses() {
    Exhibits exhibits = table.exhibits(honest);
    world.work(next(table.player(exhibits, true, honest)));
    panel.pass(CHALLENGE, audit);
    assertEquals(AuditOutcome.UPHELD, panel.outcome(audit), "the accuser is silent");
  }

  @Test
  void j30ValidatorsSayWhatIsExact() {
    for (boolean minerRight : new boolean[] {true, false}) {
      DisputesTest fresh = new DisputesTest();
      Exhibits right = fresh.table.exhibits(fresh.honest);
      Exhibits wrong =
          new Exhibits(
              right.given(), right.outputs().reversed(), right.inputGradients(), right.gradient());
      Exhibits miners = minerRight ? right : wrong;
      Exhibits accusers = minerRight ? wrong : right;
      fresh.world.work(fresh.next(fresh.table.player(miners, true, fresh.honest)));
      fresh.world.work(fresh.next(fresh.table.player(accusers, true, fresh.honest)));
      Hash exact = right.subject(fresh.table.board());
      for (int account : fresh.world.validators) {
        WorkCall finding = new DisputeFinding(fresh.audit.id(), World.address(account), exact);
        if (fresh.world.isOpen(finding)) {
          fresh.world.work(finding);
        }
      }
      assertEquals(
          minerRight ? AuditOutcome.UPHELD : AuditOutcome.REJECTED,
          fresh.panel.outcome(fresh.audit));
    }
  }
}
