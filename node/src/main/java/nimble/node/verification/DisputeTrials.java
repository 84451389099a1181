package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.node.files.Json;
import nimble.training.dispute.Board;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Exhibits;
import nimble.training.dispute.Game;
import nimble.training.dispute.Move;
import nimble.training.dispute.Player;
import nimble.training.dispute.Refused;
import nimble.training.dispute.Result;
import nimble.training.dispute.Side;
import nimble.training.role.evidence.Plan;
import nimble.vm.audit.Evidence;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.trace.StepTraces;
import nimble.vm.trace.Trace;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// Disputes about one step of a stage: one number of an operator's output is falsified, by a
/// hundredth of the tensor's largest, with all that the miner commits to; and an accuser that
/// falsifies one of its own against an honest miner.
final class DisputeTrials {
  private static final float SHARE = 0.01f;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int LYING_MICRO_BATCH = 0;

  /// A whole game.
  private record Played(
      Result result, int moves, int bytes, long wallNanos, long chainNanos, Optional<Long> leaf) {}

  private final TraceMachine machine;
  private final List<Played> liars = new ArrayList<>();
  private final List<Played> accusers = new ArrayList<>();
  private final List<Played> inFull = new ArrayList<>();
  private final List<String> undecided = new ArrayList<>();
  private int operators;

  DisputeTrials(TraceMachine machine) {
    this.machine = machine;
  }

  /// Of one stage.
  ///
  /// @param count of operators that are falsified in turn
  /// @return traces of an honest machine
  List<Trace> run(Plan plan, int stage, Evidence evidence, int count) throws Malformed {
    long at = evidence.firstStep() + evidence.audited();
    Board board = Board.of(plan.stages().get(stage), plan.training(), true, at);
    List<Trace> honest = new ArrayList<>();
    Exhibits own;
    try (StepTraces step = new StepTraces(board.form(), plan.training(), evidence);
        TraceProgram program = machine.trace(board.form(), step.weights())) {
      for (int i = 0; i < board.microBatches(); i++) {
        honest.add(step.trace(program, i));
      }
      own = Exhibits.of(board, step);
    }
    Player right = new Player(board, own, true, honest::get);
    List<Integer> chosen = spread(board.form(), count);
    operators += chosen.size();
    for (int tensor : chosen) {
      List<Trace> lying = lying(honest, tensor);
      Exhibits shown = Exhibits.of(board, lying);
      Player miner = new Player(board, shown, true, lying::get);
      Player accuser = new Player(board, shown, true, honest::get);
      Played played = play(board, () -> miner, () -> accuser);
      liars.add(played);
      if (played.result() != Result.MINER_LOSES) {
        undecided.add(board.form().tensor(tensor).name());
      }
    }
    List<Trace> wrong = lying(honest, chosen.getLast());
    Player accuser = new Player(board, own, true, wrong::get);
    accusers.add(play(board, () -> right, () -> accuser));
    inFull.add(inFull(plan, board, evidence, chosen.getFirst()));
    return honest;
  }

  /// Evenly over all that machines compute.
  private static List<Integer> spread(TraceForm form, int count) {
    int[] computed = form.computed().toArray();
    int chosen = Math.min(count, computed.length);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < chosen; i++) {
      all.add(computed[(int) ((2L * i + 1) * computed.length / (2L * chosen))]);
    }
    return all;
  }

  private static List<Trace> lying(List<Trace> honest, int tensor) {
    List<Trace> lying = new ArrayList<>(honest);
    lying.set(LYING_MICRO_BATCH, lying(honest.get(LYING_MICRO_BATCH), tensor));
    return lying;
  }

  private static Trace lying(Trace honest, int tensor) {
    float[] numbers = LittleEndian.floats(honest.value(tensor));
    float largest = Float.MIN_NORMAL;
    for (float number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    numbers[numbers.length / 2] += SHARE * largest;
    return honest.with(tensor, LittleEndian.ofFloats(numbers));
  }

  /// As on a network: whoever is to move does the step again from its evidence.
  private Played inFull(Plan plan, Board board, Evidence evidence, int tensor) {
    return play(
        board,
        () -> again(plan, board, evidence, tensor, true),
        () -> again(plan, board, evidence, tensor, false));
  }

  private Player again(Plan plan, Board board, Evidence evidence, int tensor, boolean lies) {
    try (StepTraces step = new StepTraces(board.form(), plan.training(), evidence);
        TraceProgram program = machine.trace(board.form(), step.weights())) {
      List<Trace> honest = new ArrayList<>();
      for (int i = 0; i < board.microBatches(); i++) {
        honest.add(step.trace(program, i));
      }
      List<Trace> lying = lying(honest, tensor);
      Exhibits shown = Exhibits.of(board, lying);
      return new Player(board, shown, true, lies ? lying::get : honest::get);
    } catch (Malformed e) {
      throw new IllegalStateException("evidence that was read before", e);
    }
  }

  private static Played play(Board board, Supplier<Player> miner, Supplier<Player> accuser) {
    Dispute dispute = Dispute.open();
    long start = System.nanoTime();
    long chain = 0;
    int bytes = 0;
    for (int moves = 1; ; moves++) {
      Side side = dispute.side().orElseThrow();
      Player player = (side == Side.MINER ? miner : accuser).get();
      Optional<Move> move = player.move(dispute);
      if (move.isEmpty()) {
        long now = System.nanoTime();
        return new Played(
            dispute.silence(), moves - 1, bytes, now - start, chain, Optional.empty());
      }
      bytes += Writer.encode(move.get()::write).size();
      long before = System.nanoTime();
      Game.Step step = judged(board, dispute, side, move.get());
      long judged = System.nanoTime();
      chain += judged - before;
      switch (step) {
        case Game.Step.Goes(Dispute next) -> dispute = next;
        case Game.Step.Ends(Result result) -> {
          boolean leaf = move.get() instanceof Move.Reveal;
          return new Played(
              result,
              moves,
              bytes,
              judged - start,
              chain,
              leaf ? Optional.of(judged - before) : Optional.empty());
        }
      }
    }
  }

  private static Game.Step judged(Board board, Dispute dispute, Side side, Move move) {
    try {
      return Game.play(board, dispute, side, move);
    } catch (Refused e) {
      throw new IllegalStateException("a player made a move that is refused", e);
    }
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("disputes", liars.size());
    json.put("operatorsFalsified", operators);
    json.put("liarsConvicted", count(liars, Result.MINER_LOSES));
    json.put("liarsUndecided", undecided.size());
    json.put("falseAccusers", accusers.size());
    json.put("falseAccusersLost", count(accusers, Result.ACCUSER_LOSES));
    json.put("movesMost", liars.stream().mapToInt(Played::moves).max().orElse(0));
    json.put("bytesMost", liars.stream().mapToInt(Played::bytes).max().orElse(0));
    json.put("bytesMedian", median(liars.stream().map(it -> (double) it.bytes()).toList()));
    json.put("wallMillisMedian", median(millis(inFull.stream().map(Played::wallNanos).toList())));
    json.put("wallMillisMost", most(millis(inFull.stream().map(Played::wallNanos).toList())));
    json.put("chainMillisMedian", median(millis(liars.stream().map(Played::chainNanos).toList())));
    json.put("chainMillisMost", most(millis(liars.stream().map(Played::chainNanos).toList())));
    List<Double> leaves = millis(liars.stream().flatMap(it -> it.leaf().stream()).toList());
    json.put("leafMillisMedian", median(leaves));
    json.put("leafMillisMost", most(leaves));
    undecided.forEach(name -> json.withArray("undecidedOperators").add(name));
    return json;
  }

  private static long count(List<Played> games, Result result) {
    return games.stream().filter(game -> game.result() == result).count();
  }

  private static List<Double> millis(List<Long> nanos) {
    return nanos.stream().map(it -> it / NANOS_PER_MILLI).toList();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  private static double most(List<Double> values) {
    return values.stream().mapToDouble(it -> it).max().orElse(0);
  }
}
