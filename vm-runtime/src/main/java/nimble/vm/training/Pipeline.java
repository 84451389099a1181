package nimble.vm.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nimble.codec.Bytes;
import nimble.vm.Cuts;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.data.DataSet;

/// All stages of a training in one place, called one after the other: what miners do over the
/// network, as a function. One thread.
public final class Pipeline implements AutoCloseable {
  private final TrainingSpec training;
  private final List<StageTrainer> stages = new ArrayList<>();
  private final List<StageBase> bases = new ArrayList<>();

  /// @param cuts first layers of the stages behind the first
  public Pipeline(Machine machine, ModelSpec model, List<Integer> cuts, TrainingSpec training) {
    this(machine, model, cuts, training, _ -> StageBase.NONE);
  }

  /// @param base makes a stage's part of the base; closed with the pipeline
  public Pipeline(
      Machine machine,
      ModelSpec model,
      List<Integer> cuts,
      TrainingSpec training,
      Function<StageSpec, StageBase> base) {
    this.training = training;
    for (StageSpec stage : new Cuts(cuts).of(model, training.rows())) {
      StageBase part = base.apply(stage);
      bases.add(part);
      StageState state = StageState.initial(stage, training.seed(), part);
      stages.add(new StageTrainer(machine, training, state, part));
    }
  }

  /// One optimizer step; the mean loss of its micro-batches.
  public float step(DataSet data, long step) {
    List<Integer> losses = new ArrayList<>();
    for (int i = 0; i < training.microBatches(); i++) {
      losses.add(microBatch(i, data.training(first(), training, step, i)));
    }
    update();
    return Float.intBitsToFloat(Losses.mean(losses));
  }

  /// Forward and backward through all stages; the loss's bits.
  public int microBatch(int index, DataSet.Example example) {
    Bytes tensor = example.inputs();
    for (StageTrainer stage : stages.subList(0, stages.size() - 1)) {
      tensor = stage.forward(index, tensor);
    }
    var result = stages.getLast().train(index, tensor, example.labels());
    Bytes gradient = result.inputGradient();
    for (StageTrainer stage : stages.subList(0, stages.size() - 1).reversed()) {
      gradient = stage.backward(index, gradient);
    }
    return result.lossBits();
  }

  /// What of a step is exact: codec, norm, optimizer.
  ///
  /// @return what each stage would commit to, by the hash of it
  public List<StepGradient> update() {
    List<StepGradient> gradients = stages.stream().map(StageTrainer::gradient).toList();
    ClipFactor factor =
        ClipFactor.of(training, gradients.stream().map(StepGradient::squareBits).toList());
    for (int i = 0; i < stages.size(); i++) {
      stages.get(i).apply(gradients.get(i), factor);
    }
    return gradients;
  }

  /// The mean loss over held-out micro-batches.
  public float validate(DataSet data, int microBatches) {
    List<Integer> losses = new ArrayList<>();
    for (int i = 0; i < microBatches; i++) {
      DataSet.Example example = data.validation(first(), training.seed(), i);
      Bytes tensor = example.inputs();
      for (StageTrainer stage : stages.subList(0, stages.size() - 1)) {
        tensor = stage.infer(tensor);
      }
      losses.add(stages.getLast().loss(tensor, example.labels()));
    }
    return Float.intBitsToFloat(Losses.mean(losses));
  }

  public List<StageState> states() {
    return stages.stream().map(StageTrainer::state).toList();
  }

  @Override
  public void close() {
    for (StageTrainer stage : stages) {
      stage.close();
      stage.state().close();
    }
    bases.forEach(StageBase::close);
  }

  /// Whose shape the data takes.
  public StageSpec first() {
    return stages.getFirst().state().spec();
  }
}
