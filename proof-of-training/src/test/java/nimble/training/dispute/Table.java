package nimble.training.dispute;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.vm.Draw;
import nimble.vm.Layout;
import nimble.vm.ModelSpec;
import nimble.vm.Philox;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.Storage;
import nimble.vm.trace.Trace;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// Two players and what they play about.
public final class Table {
  /// What a whole game came to.
  ///
  /// @param said tags of the moves
  record Played(Result result, Dispute last, int moves, int bytes, List<String> said) {}

  private static final long STEP = 3;

  final StageSpec stage;
  final TrainingSpec training;
  final Board board;
  private final long seed;

  public Table(StageSpec stage, TrainingSpec training, boolean trains, long seed) {
    this(Board.of(stage, training, trains, STEP), seed);
  }

  public Table(Board board, long seed) {
    this.board = board;
    this.seed = seed;
    stage = board.form().spec();
    training = board.training();
  }

  static Table whole(ModelSpec model, TrainingSpec training, long seed) {
    return new Table(model.whole(training.rows()), training, true, seed);
  }

  public Board board() {
    return board;
  }

  /// All micro-batches, as a machine computes them.
  List<Trace> traces(TraceMachine machine) {
    return traces(machine, UnaryOperator.identity());
  }

  /// @param draws what is left out, by what should be
  List<Trace> traces(TraceMachine machine, UnaryOperator<Draw> draws) {
    List<Trace> traces = new ArrayList<>();
    try (Floats weights = Floats.zeros(Layout.of(stage).count());
        StageBase base = base();
        TraceProgram program = machine.trace(board.form(), weights, base)) {
      float[] drawn = Philox.of(seed, "weights").normals(0, weights.count(), 0.3);
      weights.put(0, drawn, drawn.length);
      for (int i = 0; i < board.microBatches(); i++) {
        Bytes input = input(i);
        Bytes other = board.form().other() < 0 ? Bytes.EMPTY : other(i);
        List<Bytes> given = Trace.weights(stage, weights, base);
        Draw draw = draws.apply(board.form(i).draw());
        List<Bytes> computed = program.run(input, other, draw);
        traces.add(Trace.of(board.form().of(draw), given, input, other, computed));
      }
    }
    return traces;
  }

  private StageBase base() {
    if (stage.model().lora().isEmpty()) {
      return StageBase.NONE;
    }
    int count = Layout.base(stage).tensors().stream().mapToInt(ParameterTensor::count).sum();
    StageBase base = StageBase.of(stage, Storage.FP32);
    try {
      base.take(LittleEndian.ofFloats(Philox.of(seed, "base").normals(0, count, 0.3)));
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
    return base;
  }

  public List<Trace> honest() {
    return traces(new ReferenceMachine());
  }

  private Bytes input(int microBatch) {
    int count = stage.inputBytes() / Float.BYTES;
    return stage.takesTokens()
        ? ids(count, 11, microBatch)
        : LittleEndian.ofFloats(Philox.of(seed, "input").normals(microBatch, count, 1));
  }

  private Bytes other(int microBatch) {
    int count = board.form().tensor(board.form().other()).count();
    boolean ids = stage.last() && stage.model().head().labelsAreIds();
    return ids
        ? ids(count, stage.outWidth(), 100 + microBatch)
        : LittleEndian.ofFloats(Philox.of(seed, "other").normals(microBatch, count, 1));
  }

  private Bytes ids(int count, int bound, int stream) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (int) Philox.of(seed, "ids").below(bound, stream, i);
    }
    return LittleEndian.ofInts(ids);
  }

  public Exhibits exhibits(List<Trace> traces) {
    return Exhibits.of(board, traces);
  }

  public Player player(Exhibits exhibits, boolean sameClass, List<Trace> traces) {
    return new Player(board, exhibits, sameClass, traces::get);
  }

  /// To the end, or until validators have to speak.
  Played play(Player miner, Player accuser) {
    return play(miner, accuser, move -> move);
  }

  /// @param spoils every move, to see what happens then
  Played play(Player miner, Player accuser, UnaryOperator<Move> spoils) {
    Dispute dispute = Dispute.open();
    List<String> said = new ArrayList<>();
    int bytes = 0;
    while (dispute.side().isPresent()) {
      Side side = dispute.side().get();
      Optional<Move> move = (side == Side.MINER ? miner : accuser).move(dispute);
      if (move.isEmpty()) {
        return new Played(dispute.silence(), dispute, said.size(), bytes, said);
      }
      Move made = spoils.apply(again(move.get()));
      bytes += Writer.encode(made::write).size();
      said.add(made.getClass().getSimpleName());
      try {
        switch (Game.play(board, dispute, side, made)) {
          case Game.Step.Goes(Dispute next) -> dispute = again(next);
          case Game.Step.Ends(Result result) -> {
            return new Played(result, dispute, said.size(), bytes, said);
          }
        }
      } catch (Refused e) {
        throw new AssertionError(said + ": " + e.reason(), e);
      }
      Invariant.check(dispute.bytes() == bytes && dispute.moves() == said.size(), "%s", dispute);
    }
    return new Played(dispute.silence(), dispute, said.size(), bytes, said);
  }

  /// Through its encoding.
  static Move again(Move move) {
    try {
      return Reader.decode(Writer.encode(move::write), Move::read);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  static Dispute again(Dispute dispute) {
    try {
      return Reader.decode(Writer.encode(dispute::write), Dispute::read);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}
