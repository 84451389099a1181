package nimble.vm.audit;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.Evidence.MicroBatch;
import nimble.vm.gradient.Fp32;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.tensor.Floats;

/// What one machine makes of a [StepSample] (V8).
///
/// @param outputs of each micro-batch; the last stage's losses, as on the wire
/// @param inputGradients of each micro-batch; empty on the first stage
/// @param gradient of the step before the codec, little-endian fp32
public record StepResult(List<Bytes> outputs, List<Bytes> inputGradients, Bytes gradient) {
  private static final int BYTES_MAX = Integer.MAX_VALUE;

  public StepResult {
    outputs = List.copyOf(outputs);
    inputGradients = List.copyOf(inputGradients);
  }

  public static StepResult of(
      Machine machine, StageSpec spec, TrainingSpec training, StepSample sample) {
    List<Bytes> outputs = new ArrayList<>();
    List<Bytes> inputGradients = new ArrayList<>();
    try (Floats weights = Floats.zeros(sample.weights().size() / Float.BYTES)) {
      weights.putBytes(0, sample.weights());
      try (StageProgram program = machine.load(spec, weights)) {
        for (MicroBatch given : sample.microBatches()) {
          if (spec.last()) {
            float scale = 1f / training.microBatches();
            var result = program.train(given.input(), given.labels(), scale);
            outputs.add(MicroBatch.loss(result.lossBits()));
            inputGradients.add(result.inputGradient());
          } else {
            Tape tape = program.forward(given.input());
            outputs.add(tape.output());
            inputGradients.add(program.backward(tape, given.outputGradient()));
          }
        }
        Floats gradient = program.gradient();
        return new StepResult(outputs, inputGradients, gradient.bytes(0, gradient.count()));
      }
    }
  }

  /// What an auditor that has this finds of a miner that has the other, with the tolerance aside.
  public Errors errors(StageSpec spec, TrainingSpec training, StepResult miner) {
    Comparison comparison = new Comparison();
    for (int i = 0; i < outputs.size(); i++) {
      if (spec.last()) {
        int ours = outputs.get(i).asBuffer().getInt();
        comparison.loss("loss", ours, miner.outputs.get(i));
      } else {
        comparison.tensor(TensorKind.OUTPUT, "output", outputs.get(i), miner.outputs.get(i));
      }
      if (!spec.first()) {
        Bytes theirs = miner.inputGradients.get(i);
        comparison.tensor(TensorKind.INPUT_GRADIENT, "gradient", inputGradients.get(i), theirs);
      }
    }
    GradientCodec codec = training.gradientCodec();
    try (Floats ours = floats(gradient);
        Floats theirs = floats(miner.gradient)) {
      comparison.gradient(Layout.of(spec), codec, ours, codec.encode(theirs));
      // Projections are of what no codec has rounded.
      GradientCodec exact = new Fp32();
      comparison.gradient(Layout.of(spec), exact, ours, exact.encode(theirs));
    }
    return comparison.errors();
  }

  private static Floats floats(Bytes bytes) {
    Floats floats = Floats.zeros(bytes.size() / Float.BYTES);
    floats.putBytes(0, bytes);
    return floats;
  }

  public void write(Writer writer) {
    writer.list(outputs, BYTES_MAX, (each, to) -> to.bytes(each, BYTES_MAX));
    writer.list(inputGradients, BYTES_MAX, (each, to) -> to.bytes(each, BYTES_MAX));
    writer.bytes(gradient, BYTES_MAX);
  }

  public static StepResult read(Reader reader) throws Malformed {
    return new StepResult(
        reader.list(BYTES_MAX, from -> from.bytes(BYTES_MAX)),
        reader.list(BYTES_MAX, from -> from.bytes(BYTES_MAX)),
        reader.bytes(BYTES_MAX));
  }
}
