package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.ClipFactor;
import nimble.vm.Machine;
import nimble.vm.Probe;
import nimble.vm.StageProgram.LossGradient;
import nimble.vm.StageSpec;
import nimble.vm.StageState;
import nimble.vm.StageTrainer;
import nimble.vm.StateManifest;
import nimble.vm.StepGradient;
import nimble.vm.TextData;
import nimble.vm.TrainingSpec;
import org.jspecify.annotations.Nullable;

/// A stage that does what it should, on a [Machine].
public final class MachineWork implements StageWork {
  /// The start of a round: contents and their bytes.
  private record Start(StateManifest manifest, List<Bytes> chunks) {}

  private static final int MID_ROUND = -1;

  private final Machine machine;
  private final Plan plan;
  private final StageSpec spec;
  private final TrainingSpec training;
  private final Books books;
  private final SortedMap<Integer, Start> starts = new TreeMap<>();
  private int standsAt = MID_ROUND;
  private @Nullable TextData data;
  private @Nullable StageTrainer trainer;
  private @Nullable StepGradient gradient;
  private @Nullable Decoder decoder;

  public MachineWork(Machine machine, Plan plan, int stage) {
    this.machine = machine;
    this.plan = plan;
    spec = plan.stages().get(stage);
    training = plan.training();
    books = new Books(spec.last());
  }

  @Override
  public Outcome.Probed probe() {
    return new Outcome.Probed(Probe.measure(machine, spec, training, plan.beacon()));
  }

  @Override
  public Outcome.Ready start(Bytes text) {
    if (spec.first() || spec.last()) {
      data = new TextData(text, Math.toIntExact(plan.trainingBytes()));
    }
    return restore(0);
  }

  @Override
  public Outcome.Ready load(Bytes checkpoint) {
    try {
      trainOn(CheckpointBlob.load(spec, checkpoint));
      standsAt = plan.rounds().count();
    } catch (Malformed e) {
      throw new IllegalArgumentException("not a checkpoint of this stage: " + e.getMessage(), e);
    }
    return new Outcome.Ready(standsAt);
  }

  @Override
  public Outcome.Ready restore(int round) {
    books.clear();
    gradient = null;
    trainOn(stateAt(round));
    standsAt = round;
    return new Outcome.Ready(round);
  }

  @Override
  public Outcome.Forwarded forward(int round, int step, int microBatch, Bytes input) {
    standsAt = MID_ROUND;
    Bytes x = spec.first() ? example(round, step, microBatch).inputs() : edge(input);
    Bytes y = plan.trains(round, step) ? trainer().forward(microBatch, x) : trainer().infer(x);
    books.right().down(y);
    endValidation(round, step, microBatch);
    return new Outcome.Forwarded(microBatch, y);
  }

  @Override
  public Outcome.Backed backward(int microBatch, Bytes outputGradient) {
    books.right().up(outputGradient);
    return back(microBatch, trainer().backward(microBatch, outputGradient));
  }

  @Override
  public Outcome.Backed train(int round, int step, int microBatch, Bytes input) {
    standsAt = MID_ROUND;
    TextData.Example example = example(round, step, microBatch);
    Bytes x = spec.first() ? example.inputs() : edge(input);
    if (plan.trains(round, step)) {
      LossGradient result = trainer().train(microBatch, x, example.labels());
      books.loss(result.lossBits());
      return back(microBatch, result.inputGradient());
    }
    books.loss(trainer().loss(x, example.labels()));
    endValidation(round, step, microBatch);
    return new Outcome.Backed(microBatch, Bytes.EMPTY);
  }

  @Override
  public Outcome.Summed sum() {
    StepGradient summed = trainer().gradient();
    gradient = summed;
    return new Outcome.Summed(summed.squareBits());
  }

  @Override
  public Outcome.Stepped update(int round, int step, Norms norms) {
    StepGradient summed = present(gradient);
    ClipFactor factor = ClipFactor.of(training, norms.bits());
    trainer().apply(summed, factor);
    gradient = null;
    return new Outcome.Stepped(books.trained(summed, factor));
  }

  @Override
  public Outcome.Rounded endRound(int round, int keepFrom) {
    StageState state = trainer().state();
    StateManifest manifest = state.manifest();
    List<Bytes> chunks = new ArrayList<>();
    for (int i = 0; i < manifest.chunks().size(); i++) {
      chunks.add(state.chunk(i));
    }
    starts.headMap(keepFrom).clear();
    starts.put(round + 1, new Start(manifest, chunks));
    RoundResult roots = books.roots(round, manifest.root());
    books.clear();
    standsAt = round + 1;
    return new Outcome.Rounded(roots);
  }

  @Override
  public Outcome.Exported export(int round) {
    if (standsAt != round) {
      restore(round);
    }
    starts.clear();
    return CheckpointBlob.export(trainer().state());
  }

  @Override
  public Outcome decode(DecodeTensor tensor, Bytes input) {
    Decoder present = decoder;
    if (present == null) {
      present = new Decoder(machine.load(spec, trainer().state().weights()));
      decoder = present;
    }
    return present.decode(tensor, input);
  }

  @Override
  public Outcome.Closed close() {
    if (decoder != null) {
      decoder.close();
    }
    closeTrainer();
    starts.clear();
    return new Outcome.Closed();
  }

  private Outcome.Backed back(int microBatch, Bytes inputGradient) {
    if (!spec.first()) {
      books.left().up(inputGradient);
    }
    return new Outcome.Backed(microBatch, inputGradient);
  }

  private Bytes edge(Bytes input) {
    books.left().down(input);
    return input;
  }

  private void endValidation(int round, int step, int microBatch) {
    if (!plan.trains(round, step) && microBatch == plan.microBatches() - 1) {
      books.validated();
    }
  }

  /// Inputs and labels come from the data set by the order rule, never from a peer.
  private TextData.Example example(int round, int step, int microBatch) {
    return plan.example(present(data), spec, round, step, microBatch);
  }

  private StageState stateAt(int round) {
    if (round == 0) {
      return StageState.initial(spec, training.seed());
    }
    Start start = present(starts.get(round));
    try {
      return StageState.restore(spec, start.manifest(), start.chunks()::get);
    } catch (Malformed e) {
      throw new IllegalStateException("a state that we kept is damaged", e);
    }
  }

  private void trainOn(StageState state) {
    closeTrainer();
    trainer = new StageTrainer(machine, training, state);
  }

  private void closeTrainer() {
    StageTrainer present = trainer;
    if (present != null) {
      StageState state = present.state();
      present.close();
      state.close();
      trainer = null;
    }
  }

  private StageTrainer trainer() {
    return present(trainer);
  }

  private static <T> T present(@Nullable T value) {
    Invariant.check(value != null, "asked for before it was there");
    return Optional.ofNullable(value).orElseThrow();
  }
}
