package nimble.vm.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.Fixtures;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.StageState;
import nimble.vm.training.StageTrainer;
import nimble.vm.training.StateManifest;
import nimble.vm.training.StepGradient;

/// A round of all stages as plain calls, with everything that they would commit to: steps that
/// train, then one validation batch.
public final class RecordedRound implements AutoCloseable {
  private final TrainingSpec training;
  private final List<Recorder> stages = new ArrayList<>();
  private final long firstStep;

  private RecordedRound(TrainingSpec training, long firstStep) {
    this.training = training;
    this.firstStep = firstStep;
  }

  /// @param machines one a stage
  /// @param skipped rounds of as many steps before the recorded one
  public static RecordedRound run(
      List<Machine> machines, List<StageSpec> stages, TrainingSpec training, int steps, int skipped)
      throws Malformed {
    return run(machines, stages, training, steps, skipped, _ -> StageBase.NONE);
  }

  /// @param bases stay the caller's
  public static RecordedRound run(
      List<Machine> machines,
      List<StageSpec> stages,
      TrainingSpec training,
      int steps,
      int skipped,
      Function<StageSpec, StageBase> bases)
      throws Malformed {
    RecordedRound round = new RecordedRound(training, (long) steps * skipped);
    for (int i = 0; i < stages.size(); i++) {
      round.stages.add(new Recorder(machines.get(i), stages.get(i), training, bases));
    }
    for (int step = 0; step < steps * (skipped + 1); step++) {
      if (step == steps * skipped) {
        round.stages.forEach(stage -> stage.begin(round.firstStep));
      }
      round.train(step);
    }
    round.validate();
    round.stages.forEach(Recorder::end);
    return round;
  }

  public Evidence evidence(int stage, int step) {
    Recorder recorder = stages.get(stage);
    return new Evidence(
        recorder.start,
        firstStep,
        recorder.steps,
        recorder.endRoot,
        step,
        recorder.edges.get(step),
        seed(step));
  }

  public static Hash seed(int audit) {
    return Hashing.sha256(Bytes.ofU64(audit));
  }

  private void train(int step) throws Malformed {
    for (int i = 0; i < training.microBatches(); i++) {
      Bytes input = Fixtures.input(first().spec, 31L * step + i);
      Bytes labels = Fixtures.labels(last().spec, 31L * step + i);
      List<Bytes> down = new ArrayList<>(List.of(input));
      for (Recorder stage : stages.subList(0, stages.size() - 1)) {
        down.add(stage.trainer.forward(i, down.getLast()));
      }
      var result = last().trainer.train(i, down.getLast(), labels);
      Bytes up = result.inputGradient();
      last()
          .micro
          .add(
              new Evidence.MicroBatch(
                  down.getLast(),
                  stages.size() == 1 ? Bytes.EMPTY : up,
                  Evidence.MicroBatch.loss(result.lossBits()),
                  Bytes.EMPTY,
                  labels));
      for (int s = stages.size() - 2; s >= 0; s--) {
        Bytes next = stages.get(s).trainer.backward(i, up);
        Bytes kept = s == 0 ? Bytes.EMPTY : next;
        stages
            .get(s)
            .micro
            .add(new Evidence.MicroBatch(down.get(s), kept, down.get(s + 1), up, Bytes.EMPTY));
        up = next;
      }
    }
    List<StepGradient> gradients = stages.stream().map(stage -> stage.trainer.gradient()).toList();
    ClipFactor factor =
        ClipFactor.of(training, gradients.stream().map(StepGradient::squareBits).toList());
    for (int s = 0; s < stages.size(); s++) {
      stages.get(s).stepDone(gradients.get(s), factor);
    }
  }

  private void validate() {
    for (int i = 0; i < training.microBatches(); i++) {
      Bytes tensor = Fixtures.input(first().spec, -1L - i);
      Bytes labels = Fixtures.labels(last().spec, -1L - i);
      for (Recorder stage : stages.subList(0, stages.size() - 1)) {
        Bytes next = stage.trainer.infer(tensor);
        stage.micro.add(
            new Evidence.MicroBatch(tensor, Bytes.EMPTY, next, Bytes.EMPTY, Bytes.EMPTY));
        tensor = next;
      }
      Bytes loss = Evidence.MicroBatch.loss(last().trainer.loss(tensor, labels));
      last().micro.add(new Evidence.MicroBatch(tensor, Bytes.EMPTY, loss, Bytes.EMPTY, labels));
    }
    stages.forEach(Recorder::edgesDone);
  }

  private Recorder first() {
    return stages.getFirst();
  }

  private Recorder last() {
    return stages.getLast();
  }

  @Override
  public void close() {
    stages.forEach(Recorder::close);
  }

  private static final class Recorder implements AutoCloseable {
    private final StageSpec spec;
    private final StageTrainer trainer;
    private final List<Evidence.Step> steps = new ArrayList<>();
    private final List<List<Evidence.MicroBatch>> edges = new ArrayList<>();
    private final List<Evidence.MicroBatch> micro = new ArrayList<>();
    private Evidence.Start start = new Evidence.Start.Initial();
    private Hash endRoot = Hash.ZERO;

    Recorder(
        Machine machine,
        StageSpec spec,
        TrainingSpec training,
        Function<StageSpec, StageBase> bases) {
      this.spec = spec;
      StageBase base = bases.apply(spec);
      StageState state = StageState.initial(spec, training.seed(), base);
      trainer = new StageTrainer(machine, training, state, base);
    }

    void begin(long step) {
      steps.clear();
      edges.clear();
      if (step > 0) {
        StateManifest manifest = trainer.state().manifest();
        List<Bytes> chunks = new ArrayList<>();
        for (int i = 0; i < manifest.chunks().size(); i++) {
          chunks.add(trainer.state().chunk(i));
        }
        start = new Evidence.Start.Kept(manifest, chunks);
      }
    }

    void stepDone(StepGradient gradient, ClipFactor factor) {
      steps.add(new Evidence.Step(gradient.encoded(), gradient.squareBits(), factor.bits()));
      trainer.apply(gradient, factor);
      edgesDone();
    }

    void edgesDone() {
      edges.add(List.copyOf(micro));
      micro.clear();
    }

    void end() {
      endRoot = trainer.state().root();
    }

    @Override
    public void close() {
      trainer.close();
      trainer.state().close();
    }
  }
}
