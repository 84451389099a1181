package nimble.training;

import static nimble.chain.Verdict.REJECTED;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.DisputeFinding;
import nimble.chain.AuditCall.DisputeMove;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
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
import nimble.vm.LittleEndian;
import nimble.vm.trace.Trace;
import org.junit.jupiter.api.Test;

/// Disputes on chain: whose call is taken, why others are not, and what an end costs (J30).
final class DisputesTest {
  private static final long STAKE = 1_000 * World.NIM;
  private static final long PRICE = 100_000_000;
  private static final int CHALLENGE = (int) Panel.PARAMETERS.training().dataChallenge().blocks();

  private final World world =
      Panel.world(
          new long[] {STAKE, STAKE, STAKE, STAKE, STAKE, STAKE}, PRICE, PRICE, PRICE, PRICE);
  private final JobId id = world.submit(Panel.alwaysAudited(60));
  private final Panel panel = new Panel(world, id);
  private final Audit audit = disputed();
  private final Table table = table();
  private final List<Trace> honest = table.honest();

  private Audit disputed() {
    panel.start();
    Audit contested = panel.contested(REJECTED, UPHELD);
    panel.pass(CHALLENGE, contested);
    return panel.audit(contested);
  }

  private Table table() {
    JobSpec spec = Jobs.spec(world.state(), id).orElseThrow();
    boolean trains = audit.step() < world.job(id).rounds().stepsOf(audit.round());
    return new Table(spec.stageSpecs().get(audit.slot().stage()), spec.training(), trains, 1);
  }

  private Dispute game() {
    return Jobs.dispute(world.state(), audit.id()).orElseThrow().game();
  }

  private Address accuser() {
    return panel.audit(audit).contest().accuser().orElseThrow();
  }

  private DisputeMove call(Address player, int number, Move move) {
    return new DisputeMove(audit.id(), player, number, Writer.encode(move::write));
  }

  private DisputeMove next(Player player) {
    Address mover =
        switch (game().side().orElseThrow()) {
          case MINER -> audit.miner();
          case ACCUSER -> accuser();
        };
    return call(mover, game().moves(), player.move(game()).orElseThrow());
  }

  private List<Trace> lying() {
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

  private Optional<String> refusal(DisputeMove call) {
    List<Optional<String>> refusals = new ArrayList<>();
    world.turn(id, turn -> refusals.add(Disputes.moved(turn, call)));
    return refusals.getFirst();
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

  @Test
  void j30WhoDoesNotMoveLoses() {
    Exhibits exhibits = table.exhibits(honest);
    world.work(next(table.player(exhibits, true, honest)));
    panel.pass(CHALLENGE, audit);
    assertEquals(AuditOutcome.UPHELD, panel.outcome(audit), "the accuser is silent");
  }

  @Test
  void j30OnlyTheSideWhoseTurnItIsMayMoveAndOnlyOnce() {
    Player miner = table.player(table.exhibits(honest), true, honest);
    Move state = miner.move(Dispute.open()).orElseThrow();
    assertFalse(world.isOpen(call(accuser(), 0, state)));
    assertFalse(world.isOpen(call(audit.miner(), 1, state)));
    assertFalse(world.isOpen(new DisputeFinding(audit.id(), accuser(), Hash.ZERO)));
    WorkCall first = call(audit.miner(), 0, state);
    assertTrue(world.isOpen(first));
    world.work(first);
    assertFalse(world.isOpen(first), "a replay");
    assertFalse(world.isOpen(call(audit.miner(), 1, state)));
  }

  @Test
  void j30BadMovesAreRefusedInWords() {
    assertEquals(
        Optional.of("the move: unknown move 99"),
        refusal(new DisputeMove(audit.id(), audit.miner(), 0, Bytes.wrap(new byte[] {99}))));
    assertEquals(
        Optional.of("Name is out of order: the dispute is Opened"),
        refusal(call(audit.miner(), 0, new Move.Name(1, 1))));
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

  @Test
  void j30ASettledRoundHasNoDispute() {
    Player miner = table.player(table.exhibits(honest), true, honest);
    WorkCall move = next(miner);
    panel.pass(CHALLENGE, audit);
    assertFalse(panel.isOpen(audit));
    assertFalse(world.isOpen(move));
  }
}
