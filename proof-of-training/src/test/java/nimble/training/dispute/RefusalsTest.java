package nimble.training.dispute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.types.Hash;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.trace.Opening;
import nimble.vm.trace.Trace;
import org.junit.jupiter.api.Test;

/// G8: what is wrong with a move is said, and nothing changes.
final class RefusalsTest {
  private final Table table =
      Table.whole(new Gpt(13, 6, 1, 2, 8, true).spec(), GameTest.TRAINING, 1);
  private final List<Trace> honest = table.honest();
  private final List<Trace> lying = lying();
  private final Exhibits exhibits = table.exhibits(lying);
  private final Player miner = table.player(exhibits, true, lying);
  private final Player accuser = table.player(exhibits, true, honest);

  private List<Trace> lying() {
    int tensor = table.board.form().given() + 1;
    float[] numbers = LittleEndian.floats(honest.getFirst().value(tensor));
    numbers[3] += 1;
    List<Trace> traces = new ArrayList<>(honest);
    traces.set(0, honest.getFirst().with(tensor, LittleEndian.ofFloats(numbers)));
    return traces;
  }

  static Refused refused(Board board, Dispute dispute, Side side, Move move) {
    return assertThrows(Refused.class, () -> Game.play(board, dispute, side, move));
  }

  private void refused(String reason, Dispute dispute, Side side, Move move) {
    String said = refused(table.board, dispute, side, move).reason();
    assertTrue(said.contains(reason), said);
  }

  private Dispute after(int moves) {
    Dispute dispute = Dispute.open();
    for (int i = 0; i < moves; i++) {
      dispute = GameTest.next(table, dispute, i % 2 == 0 ? miner : accuser);
    }
    return dispute;
  }

  @Test
  void g8OutOfTurnAndOutOfOrder() {
    Move state = miner.move(Dispute.open()).orElseThrow();
    refused("not the accuser's move", Dispute.open(), Side.ACCUSER, state);
    refused("State is out of order: the dispute is Stated", after(1), Side.ACCUSER, state);
    Move accuse = accuser.move(after(1)).orElseThrow();
    refused("Accuse is out of order: the dispute is Opened", Dispute.open(), Side.MINER, accuse);
    refused("not the miner's move", after(1), Side.MINER, accuse);
    Dispute silent = new Dispute(2, 10, new Standing.Contradicted(Hash.ZERO, Hash.ZERO));
    refused("not the miner's move", silent, Side.MINER, state);
  }

  @Test
  void g8AStatementOfTheWrongShape() {
    Statement right = ((Move.State) miner.move(Dispute.open()).orElseThrow()).statement();
    Statement few = new Statement(right.exact(), right.gradient(), List.of());
    refused("2 and 0 micro-batches of 2", Dispute.open(), Side.MINER, new Move.State(few));
  }

  @Test
  void g8AccusationsThatSayNothing() {
    Statement statement = ((Standing.Stated) after(1).standing()).statement();
    List<Hash> same = lying.getFirst().roots();
    refused("the roots are the miner's", after(1), Side.ACCUSER, new Move.Accuse(0, same));
    refused("roots of", after(1), Side.ACCUSER, new Move.Accuse(0, same.subList(1, same.size())));
    refused("micro-batch 7", after(1), Side.ACCUSER, new Move.Accuse(7, same));
    List<Hash> others = new ArrayList<>(same);
    others.set(0, Hash.ZERO);
    refused("what was given", after(1), Side.ACCUSER, new Move.Accuse(0, others));
    Hash subject = statement.subject();
    refused("contradicts nothing", after(1), Side.ACCUSER, new Move.Contradict(subject));
  }

  @Test
  void g8DenialsThatDoNotHold() {
    Hash root = honest.get(1).roots().get(table.board.form().output());
    List<Hash> path = Merkle.path(Trace.items(honest.get(1).roots()), table.board.form().output());
    Dispute dispute = after(1);
    refused(
        "is what was committed", dispute, Side.ACCUSER, new Move.DenyOutput(1, false, root, path));
    refused("another root", dispute, Side.ACCUSER, new Move.DenyOutput(0, false, root, path));
    List<Hash> deeper = new ArrayList<>(path);
    deeper.add(Hash.ZERO);
    refused("another root", dispute, Side.ACCUSER, new Move.DenyOutput(1, false, root, deeper));
    List<Hash> flatter = path.subList(1, path.size());
    refused("another root", dispute, Side.ACCUSER, new Move.DenyOutput(1, false, root, flatter));
    refused(
        "nothing was committed", dispute, Side.ACCUSER, new Move.DenyOutput(1, true, root, path));
  }

  @Test
  void g8GroupsAndBlocksOfOtherTrees() {
    Move.Answer answer = (Move.Answer) miner.move(after(2)).orElseThrow();
    List<Hash> more = new ArrayList<>(answer.groups());
    more.add(Hash.ZERO);
    refused("groups of", after(2), Side.MINER, new Move.Answer(answer.roots(), more));
    List<Hash> others = new ArrayList<>(answer.groups());
    others.set(0, Hash.ZERO);
    refused("of another tensor", after(2), Side.MINER, new Move.Answer(answer.roots(), others));
    refused(
        "of another trace",
        after(2),
        Side.MINER,
        new Move.Answer(honest.getFirst().roots(), answer.groups()));
    Move.Descend descend = (Move.Descend) accuser.move(after(3)).orElseThrow();
    Bytes spoiled = GameTest.spoiled(descend.words());
    Move other = new Move.Descend(descend.groups(), List.of(), spoiled);
    refused("the block is another", after(3), Side.ACCUSER, other);
    Bytes shorter = descend.words().slice(0, 8);
    Move cut = new Move.Descend(descend.groups(), List.of(), shorter);
    refused("a block of 8 bytes", after(3), Side.ACCUSER, cut);
    Move blocks = new Move.Descend(descend.groups(), List.of(Hash.ZERO), descend.words());
    refused("blocks of a block", after(3), Side.ACCUSER, blocks);
  }

  @Test
  void g8NamesOfNothing() {
    int end = table.board.form().tensors().size();
    refused("none of an operator", after(3), Side.ACCUSER, new Move.Name(0, 0));
    refused("none of an operator", after(3), Side.ACCUSER, new Move.Name(end, 0));
    int output = table.board.form().output();
    refused("element 9 of 1", after(3), Side.ACCUSER, new Move.Name(output, 9));
  }

  @Test
  void g8OperandsThatAreMissingOrOthers() {
    Move.Reveal reveal = (Move.Reveal) miner.move(after(4)).orElseThrow();
    List<Opening> few = reveal.operands().subList(1, reveal.operands().size());
    refused("is not opened", after(4), Side.MINER, new Move.Reveal(reveal.words(), few));
    List<Opening> others = new ArrayList<>(reveal.operands());
    Opening first = others.getFirst();
    others.set(
        0,
        new Opening(first.tensor(), first.first(), GameTest.spoiled(first.words()), first.path()));
    refused("does not lead", after(4), Side.MINER, new Move.Reveal(reveal.words(), others));
    others.set(0, new Opening(500, first.first(), first.words(), first.path()));
    refused("is no operand", after(4), Side.MINER, new Move.Reveal(reveal.words(), others));
    Bytes spoiled = GameTest.spoiled(reveal.words());
    refused("block is another", after(4), Side.MINER, new Move.Reveal(spoiled, reveal.operands()));
  }

  @Test
  void g7TooManyBytes() {
    Dispute full = new Dispute(0, Dispute.BYTES_MAX, new Standing.Opened());
    Move state = miner.move(Dispute.open()).orElseThrow();
    refused("at most 100000", full, Side.MINER, state);
    assertEquals(0, Dispute.open().bytes());
  }
}
