package nimble.training;

import static nimble.chain.Verdict.UPHELD;
import static nimble.training.BadCallsTest.check;
import static nimble.training.BadCallsTest.refused;
import static nimble.training.BadCallsTest.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.DisputeFinding;
import nimble.chain.AuditCall.DisputeMove;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Exhibits;
import nimble.training.dispute.Move;
import nimble.training.dispute.Player;
import nimble.training.dispute.Statement;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.vm.trace.Trace;
import org.junit.jupiter.api.Test;

/// Moves of a dispute that are not its next: out of turn, too late, of another kind, of the wrong
/// shape, or with a proof that does not hold. Each is refused in words, on the real ledger, and
/// nothing changes (J30, G8).
final class BadMovesTest {
  private static final Address STRANGER = World.address(90);

  private final DisputesTest at = new DisputesTest();
  private final World world = at.world;
  private final Audit audit = at.audit;
  private final Exhibits exhibits = at.table.exhibits(at.honest);
  private final Player miner = at.table.player(exhibits, true, at.honest);

  private DisputeMove raw(Address player, int number, Bytes move) {
    return new DisputeMove(audit.id(), player, number, move);
  }

  private void refuses(String words, Address player, int number, Move move) {
    refuses(words, at.call(player, number, move));
  }

  /// The slot is open, the mempool takes it, a block does not.
  private void refuses(String words, WorkCall move) {
    var before = world.stored();
    assertEquals(Optional.empty(), world.offer(move));
    refused(world, move, words);
    assertEquals(before, world.stored());
  }

  private List<Hash> roots() {
    return at.honest.getFirst().roots();
  }

  @Test
  void ofTheWrongSideOrNumber() {
    Move state = miner.move(Dispute.open()).orElseThrow();
    Address accuser = at.accuser();
    String turn = "it is the turn of ";
    check(
        world,
        row(at.call(accuser, 0, state), turn + audit.miner()),
        row(at.call(STRANGER, 0, state), turn + audit.miner()),
        row(at.call(audit.miner(), 1, state), "move 1, the next is 0"),
        row(new DisputeFinding(audit.id(), accuser, Hash.ZERO), "nobody has contradicted"),
        row(
            Panel.vote(audit, World.VALIDATOR, UPHELD),
            "audit %s is DISPUTED, not VOTING".formatted(audit.id())));
    WorkCall first = at.call(audit.miner(), 0, state);
    world.work(first);
    check(
        world,
        row(first, "move 0, the next is 1"),
        row(at.call(audit.miner(), 1, state), turn + accuser));
  }

  @Test
  void thatAreNone() {
    refuses("the move: unknown move 99", raw(audit.miner(), 0, Bytes.wrap(new byte[] {99})));
    refuses("the move: needs 1 bytes, has 0", raw(audit.miner(), 0, Bytes.EMPTY));
    Bytes state = Writer.encode(miner.move(Dispute.open()).orElseThrow()::write);
    Bytes longer = Bytes.concat(state, Bytes.wrap(new byte[1]));
    refuses("the move: 1 bytes left over", raw(audit.miner(), 0, longer));
    refuses("Name is out of order: the dispute is Opened", audit.miner(), 0, new Move.Name(1, 1));
  }

  @Test
  void tracesOfTheWrongShape() {
    Statement right = ((Move.State) miner.move(Dispute.open()).orElseThrow()).statement();
    refuses(
        "2 and 1 micro-batches of 2",
        audit.miner(),
        0,
        new Move.State(
            new Statement(right.exact(), right.gradient(), right.traces().subList(0, 1))));
    world.work(at.next(miner));
    int count = roots().size();
    List<Hash> fewer = roots().subList(1, count);
    refuses(
        "%d roots of %d".formatted(count - 1, count), at.accuser(), 1, new Move.Accuse(0, fewer));
    refuses("micro-batch 7", at.accuser(), 1, new Move.Accuse(7, roots()));
    refuses("the roots are the miner's", at.accuser(), 1, new Move.Accuse(0, roots()));
    List<Hash> others = new ArrayList<>(roots());
    others.set(0, Hash.ZERO);
    refuses(
        "the roots do not begin with what was given", at.accuser(), 1, new Move.Accuse(0, others));
  }

  @Test
  void proofsOfTheWrongDepth() {
    world.work(at.next(miner));
    int output = at.table.board().form().output();
    Hash root = roots().get(output);
    List<Hash> path = Merkle.path(Trace.items(roots()), output);
    List<Hash> deeper = new ArrayList<>(path);
    deeper.add(Hash.ZERO);
    String another = "tensor %d has another root in micro-batch 0".formatted(output);
    for (List<Hash> wrong : List.of(deeper, path.subList(1, path.size()), List.<Hash>of())) {
      refuses(another, at.accuser(), 1, new Move.DenyOutput(0, false, root, wrong));
    }
    refuses(
        "it is what was committed to", at.accuser(), 1, new Move.DenyOutput(0, false, root, path));
  }

  @Test
  void whileValidatorsSayWhatIsExact() {
    world.work(at.next(miner));
    Hash subject = exhibits.subject(at.table.board());
    refuses("it contradicts nothing", at.accuser(), 1, new Move.Contradict(subject));
    world.work(at.call(at.accuser(), 1, new Move.Contradict(Hash.ZERO)));
    Address accuser = at.accuser();
    WorkCall finding = new DisputeFinding(audit.id(), accuser, subject);
    world.work(finding);
    check(
        world,
        row(finding, accuser + " has said so"),
        row(new DisputeFinding(audit.id(), STRANGER, subject), STRANGER + " is no validator"),
        row(at.call(audit.miner(), 2, new Move.Name(1, 1)), "validators say what they find"));
  }

  @Test
  void aboutASettledRound() {
    WorkCall move = at.next(miner);
    at.panel.pass((int) Panel.PARAMETERS.training().dataChallenge().blocks(), audit);
    assertFalse(at.panel.isOpen(audit));
    String closed = "audit %s is not open".formatted(audit.id());
    check(
        world,
        row(move, closed),
        row(new DisputeFinding(audit.id(), World.address(World.VALIDATOR), Hash.ZERO), closed));
  }
}
