package nimble.training.dispute;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.sim.Conformance;
import nimble.types.Hash;
import nimble.vm.trace.Opening;
import org.junit.jupiter.api.Test;

/// Moves come from anybody, standings are in state: bytes that must not change.
final class DisputeCodecsTest {
  private static Hash hash(int number) {
    return Hashing.of("sample", Bytes.ofU64(number));
  }

  private static Opening opening() {
    return new Opening(3, 2, Bytes.utf8("eight by"), List.of(hash(1)));
  }

  static SortedMap<String, Move> moves() {
    Statement statement =
        new Statement(
            List.of(new Statement.Exact(hash(1), hash(2), hash(3))), hash(4), List.of(hash(5)));
    SortedMap<String, Move> moves = new TreeMap<>();
    for (Move move :
        List.of(
            new Move.State(statement),
            new Move.Contradict(hash(6)),
            new Move.DenyOutput(1, true, hash(7), List.of(hash(8))),
            new Move.DenyGradient(
                opening(),
                List.of(new Move.DenyGradient.Part(hash(9), List.of(hash(10)), opening()))),
            new Move.Accuse(2, List.of(hash(11))),
            new Move.Answer(List.of(hash(12)), List.of(hash(13))),
            new Move.Descend(List.of(hash(14)), List.of(hash(15)), Bytes.utf8("block")),
            new Move.Name(300, 70_000),
            new Move.Blocks(List.of(hash(16)), Bytes.utf8("block")),
            new Move.Reveal(Bytes.utf8("block"), List.of(opening())))) {
      moves.put("move-" + move.getClass().getSimpleName(), move);
    }
    return moves;
  }

  static SortedMap<String, Dispute> disputes() {
    Statement statement =
        new Statement(
            List.of(new Statement.Exact(hash(1), hash(2), hash(3))), hash(4), List.of(hash(5)));
    Standing.Difference difference = new Standing.Difference(1, 200, List.of(hash(6)));
    List<Standing> standings = new ArrayList<>();
    standings.add(new Standing.Opened());
    standings.add(new Standing.Stated(statement));
    standings.add(new Standing.Contradicted(hash(7), hash(8)));
    standings.add(
        new Standing.Accused(1, statement.exact().getFirst(), hash(9), List.of(hash(10))));
    standings.add(new Standing.Answered(difference, hash(11), List.of(hash(12))));
    standings.add(new Standing.Grouped(difference, 4, hash(13), List.of(hash(14))));
    standings.add(new Standing.Faced(difference, 5, Side.ACCUSER, hash(15), Bytes.utf8("block")));
    standings.add(new Standing.Named(difference, 300, 70_000));
    SortedMap<String, Dispute> disputes = new TreeMap<>();
    for (Standing standing : standings) {
      disputes.put(
          "dispute-" + standing.getClass().getSimpleName(), new Dispute(3, 40_000, standing));
    }
    return disputes;
  }

  @Test
  void movesArePinned() {
    moves()
        .forEach((name, move) ->
            Conformance.check(DisputeCodecsTest.class, name, move, Move::write, Move::read));
  }

  @Test
  void disputesArePinned() {
    disputes()
        .forEach((name, dispute) ->
            Conformance.check(
                DisputeCodecsTest.class, name, dispute, Dispute::write, Dispute::read));
  }
}
