package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.training.ClosedStage;
import nimble.training.Losses;
import nimble.training.RoundRoots;
import nimble.types.Hash;
import nimble.vm.ClipFactor;
import nimble.vm.Evidence.MicroBatch;
import nimble.vm.Machine;
import nimble.vm.StageState;
import nimble.vm.StageTrainer;
import nimble.vm.StepGradient;
import nimble.vm.TextData;

/// All stages trained in one loop, with everything that their miners would keep and commit to.
final class TrainedJob {
  /// A round of one stage.
  record Round(RoundIndex index, ClosedStage closed) {}

  /// One stage's part of the round that runs.
  private static final class Stage {
    private final StageTrainer trainer;
    private final List<StepLeaf> steps = new ArrayList<>();
    private final EdgeLog left = new EdgeLog();
    private final EdgeLog right = new EdgeLog();
    private final List<Integer> losses = new ArrayList<>();
    private Optional<BlobName> start = Optional.empty();
    private Optional<Hash> before = Optional.empty();

    Stage(StageTrainer trainer) {
      this.trainer = trainer;
    }
  }

  final List<List<Round>> rounds = new ArrayList<>();
  final SortedMap<Hash, Bytes> blobs = new TreeMap<>();
  private final Plan plan;
  private final TextData data;

  private TrainedJob(Plan plan) {
    this.plan = plan;
    data = new TextData(Tiny.TEXT, (int) plan.trainingBytes());
  }

  /// The first `count` rounds.
  static TrainedJob run(Plan plan, int count, IntFunction<Machine> machines) {
    TrainedJob job = new TrainedJob(plan);
    List<StageTrainer> trainers = new ArrayList<>();
    for (int stage = 0; stage < plan.depth(); stage++) {
      StageState initial = StageState.initial(plan.stages().get(stage), plan.training().seed());
      trainers.add(new StageTrainer(machines.apply(stage), plan.training(), initial));
    }
    for (int round = 0; round < count; round++) {
      job.round(round, trainers);
    }
    trainers.forEach(trainer -> {
      trainer.close();
      trainer.state().close();
    });
    return job;
  }

  /// The same, but for a mean loss of `round` that its last stage made up.
  TrainedJob withOtherMean(int round) {
    TrainedJob other = new TrainedJob(plan);
    other.blobs.putAll(blobs);
    other.rounds.addAll(rounds);
    List<Round> stages = new ArrayList<>(rounds.get(round));
    Round last = stages.removeLast();
    RoundRoots roots = last.closed().roots();
    Losses forged = new Losses(OptionalInt.of(0), roots.losses().validation());
    stages.add(
        new Round(
            last.index(),
            Audits.closed(
                new RoundRoots(
                    roots.stateRootAfter(),
                    roots.stepsRoot(),
                    roots.leftRoot(),
                    roots.rightRoot(),
                    forged),
                last.closed().stateRootBefore())));
    other.rounds.set(round, stages);
    return other;
  }

  Bytes blob(Hash manifest) {
    return Optional.ofNullable(blobs.get(manifest)).orElseThrow();
  }

  private void round(int round, List<StageTrainer> trainers) {
    List<Stage> stages = trainers.stream().map(Stage::new).toList();
    for (Stage stage : stages) {
      if (round > 0) {
        Blob exported = CheckpointBlob.export(stage.trainer.state()).blob();
        stage.start = Optional.of(keep(exported));
        stage.before = Optional.of(stage.trainer.state().root());
      }
    }
    for (int step = 0; step < plan.rounds().stepsOf(round); step++) {
      step(round, step, stages);
    }
    rounds.add(stages.stream().map(this::closed).toList());
  }

  private void step(int round, int step, List<Stage> stages) {
    int last = stages.size() - 1;
    List<List<MicroBatch>> crossed = new ArrayList<>();
    stages.forEach(_ -> crossed.add(new ArrayList<>()));
    List<Integer> losses = new ArrayList<>();
    for (int mb = 0; mb < plan.microBatches(); mb++) {
      var example = plan.example(data, plan.stages().getFirst(), round, step, mb);
      List<Bytes> activations = new ArrayList<>(List.of(example.inputs()));
      for (int s = 0; s < last; s++) {
        activations.add(stages.get(s).trainer.forward(mb, activations.get(s)));
      }
      var result = stages.get(last).trainer.train(mb, activations.get(last), example.labels());
      losses.add(result.lossBits());
      Bytes loss = MicroBatch.loss(result.lossBits());
      Bytes dy = Bytes.EMPTY;
      Bytes dx = result.inputGradient();
      for (int s = last; s >= 0; s--) {
        Bytes y = s == last ? loss : activations.get(s + 1);
        crossed.get(s).add(new MicroBatch(activations.get(s), dx, y, dy, Bytes.EMPTY));
        dy = dx;
        dx = s > 0 ? stages.get(s - 1).trainer.backward(mb, dy) : Bytes.EMPTY;
      }
    }
    List<StepGradient> gradients = stages.stream().map(it -> it.trainer.gradient()).toList();
    Norms norms = new Norms(gradients.stream().map(StepGradient::squareBits).toList());
    ClipFactor factor = ClipFactor.of(plan.training(), norms.bits());
    for (int s = 0; s <= last; s++) {
      Stage stage = stages.get(s);
      StepGradient gradient = gradients.get(s);
      record(stage, crossed.get(s), s == 0, s == last, Optional.of(norms));
      stage.losses.addAll(s == last ? losses : List.of());
      stage.steps.add(
          new StepLeaf.Trained(
              keep(gradient.encoded()).manifest(),
              norms,
              factor.bits(),
              s == last ? Optional.of(StepLeaf.losses(losses)) : Optional.empty()));
      stage.trainer.apply(gradient, factor);
    }
  }

  private void record(
      Stage stage, List<MicroBatch> crossed, boolean first, boolean last, Optional<Norms> norms) {
    for (MicroBatch batch : crossed) {
      if (!first) {
        stage.left.down(batch.input());
        stage.left.up(batch.inputGradient());
      }
      stage.right.down(batch.output());
      if (!last) {
        stage.right.up(batch.outputGradient());
      }
    }
    stage.left.tensors().forEach(this::keep);
    stage.right.tensors().forEach(this::keep);
    stage.left.stepDone(norms);
    stage.right.stepDone(norms);
  }

  private Round closed(Stage stage) {
    RoundIndex index =
        new RoundIndex(
            stage.start, stage.steps, stage.left.leaves(), stage.right.leaves(), stage.losses);
    OptionalInt mean =
        stage.losses.isEmpty()
            ? OptionalInt.empty()
            : OptionalInt.of(nimble.vm.Losses.mean(stage.losses));
    RoundRoots roots =
        new RoundRoots(
            stage.trainer.state().root(),
            Merkle.root(stage.steps.stream().map(StepLeaf::encode).toList()),
            stage.left.root(),
            stage.right.root(),
            new Losses(mean, OptionalInt.empty()));
    return new Round(index, Audits.closed(roots, stage.before));
  }

  private BlobName keep(Bytes bytes) {
    return keep(Blob.of(bytes));
  }

  private BlobName keep(Blob blob) {
    blobs.put(blob.id(), blob.whole());
    return BlobName.of(blob);
  }
}
