package nimble.vm.audit;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.vm.Machine;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.Evidence.MicroBatch;
import nimble.vm.data.DataSet;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.StageState;
import nimble.vm.training.StageTrainer;
import nimble.vm.training.StepGradient;

/// A training step of one stage as it was given to it: what machines are compared on (V8).
///
/// @param stage its place in the model
/// @param weights at the step's start, little-endian fp32
/// @param microBatches with what the recording machine made of them
public record StepSample(int stage, Bytes weights, List<MicroBatch> microBatches) {
  private static final int BYTES_MAX = Integer.MAX_VALUE;

  public StepSample {
    microBatches = List.copyOf(microBatches);
  }

  /// Trains all stages from their initial states, and records some of the steps.
  ///
  /// @param steps to record, ascending
  public static List<StepSample> record(
      Machine machine,
      List<StageSpec> stages,
      TrainingSpec training,
      DataSet data,
      List<Integer> steps) {
    List<StageTrainer> trainers =
        stages.stream()
            .map(spec ->
                new StageTrainer(machine, training, StageState.initial(spec, training.seed())))
            .toList();
    List<StepSample> samples = new ArrayList<>();
    try {
      for (int step = 0; step <= steps.getLast(); step++) {
        List<Bytes> weights = steps.contains(step) ? weights(trainers) : List.of();
        List<List<MicroBatch>> crossed = train(trainers, training, data, step);
        for (int stage = 0; stage < weights.size(); stage++) {
          samples.add(new StepSample(stage, weights.get(stage), crossed.get(stage)));
        }
      }
    } finally {
      for (StageTrainer trainer : trainers) {
        trainer.close();
        trainer.state().close();
      }
    }
    return samples;
  }

  private static List<Bytes> weights(List<StageTrainer> trainers) {
    return trainers.stream()
        .map(trainer -> trainer.state().weights())
        .map(weights -> weights.bytes(0, weights.count()))
        .toList();
  }

  private static List<List<MicroBatch>> train(
      List<StageTrainer> trainers, TrainingSpec training, DataSet data, int step) {
    List<List<MicroBatch>> crossed = new ArrayList<>();
    trainers.forEach(_ -> crossed.add(new ArrayList<>()));
    StageSpec first = trainers.getFirst().state().spec();
    for (int i = 0; i < training.microBatches(); i++) {
      microBatch(trainers, i, data.training(first, training, step, i), crossed);
    }
    List<StepGradient> gradients = trainers.stream().map(StageTrainer::gradient).toList();
    ClipFactor factor =
        ClipFactor.of(training, gradients.stream().map(StepGradient::squareBits).toList());
    for (int stage = 0; stage < trainers.size(); stage++) {
      trainers.get(stage).apply(gradients.get(stage), factor);
    }
    return crossed;
  }

  private static void microBatch(
      List<StageTrainer> trainers,
      int index,
      DataSet.Example example,
      List<List<MicroBatch>> crossed) {
    int last = trainers.size() - 1;
    List<Bytes> down = new ArrayList<>(List.of(example.inputs()));
    for (StageTrainer trainer : trainers.subList(0, last)) {
      down.add(trainer.forward(index, down.getLast()));
    }
    var result = trainers.get(last).train(index, down.getLast(), example.labels());
    Bytes up = result.inputGradient();
    Bytes loss = MicroBatch.loss(result.lossBits());
    crossed.get(last).add(new MicroBatch(down.getLast(), up, loss, Bytes.EMPTY, example.labels()));
    for (int stage = last - 1; stage >= 0; stage--) {
      Bytes next = trainers.get(stage).backward(index, up);
      crossed
          .get(stage)
          .add(new MicroBatch(down.get(stage), next, down.get(stage + 1), up, Bytes.EMPTY));
      up = next;
    }
  }

  public void write(Writer writer) {
    writer.u16(stage).bytes(weights, BYTES_MAX).list(microBatches, BYTES_MAX, StepSample::write);
  }

  private static void write(MicroBatch microBatch, Writer writer) {
    writer
        .bytes(microBatch.input(), BYTES_MAX)
        .bytes(microBatch.inputGradient(), BYTES_MAX)
        .bytes(microBatch.output(), BYTES_MAX)
        .bytes(microBatch.outputGradient(), BYTES_MAX)
        .bytes(microBatch.labels(), BYTES_MAX);
  }

  public static StepSample read(Reader reader) throws Malformed {
    return new StepSample(
        reader.u16(),
        reader.bytes(BYTES_MAX),
        reader.list(
            BYTES_MAX,
            from ->
                new MicroBatch(
                    from.bytes(BYTES_MAX),
                    from.bytes(BYTES_MAX),
                    from.bytes(BYTES_MAX),
                    from.bytes(BYTES_MAX),
                    from.bytes(BYTES_MAX))));
  }
}
