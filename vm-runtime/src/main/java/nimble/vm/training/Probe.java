package nimble.vm.training;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.Draw;
import nimble.vm.Layer;
import nimble.vm.Machine;
import nimble.vm.Philox;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.TrainingSpec;
import nimble.vm.tensor.LittleEndian;

/// Measures a machine's numeric class for a stage program (T8): eight steps of one micro-batch on
/// weights, inputs and output gradients drawn from a seed, hashed with all that comes out.
public final class Probe {
  /// Micro-batches of a probe.
  public static final int STEPS = 8;

  private static final int REPLAYS = 2;

  private static final double GRADIENT_DEVIATION = 1e-3;

  private final StageSpec spec;
  private final Bytes seed;

  private Probe(StageSpec spec, Bytes seed) {
    this.spec = spec;
    this.seed = seed;
  }

  public static Hash measure(Machine machine, StageSpec spec, TrainingSpec training, Hash seed) {
    var probe = new Probe(spec, seed.bytes());
    try (StageBase base = base(spec, seed);
        StageState state = StageState.initial(spec, seed.bytes(), StageBase.NONE);
        StageProgram program = machine.load(spec, state.weights(), base)) {
      Writer outputs = new Writer();
      for (int step = 0; step < STEPS; step++) {
        probe.step(program, step, outputs);
        StepGradient gradient = state.commit(training, program.gradient());
        outputs.raw(program.gradient().bytes(0, program.gradient().count()));
        program.gradient().clear();
        state.apply(
            training, gradient.encoded(), ClipFactor.of(training, List.of(gradient.squareBits())));
      }
      return Hashing.of("class", outputs.toBytes());
    } catch (Malformed e) {
      throw new IllegalStateException("the codec refuses its own encoding", e);
    }
  }

  /// The same of replays (G8): passes without a way back.
  public static Hash replays(Machine machine, StageSpec spec, Hash seed) {
    var probe = new Probe(spec, seed.bytes());
    try (StageBase base = base(spec, seed);
        StageState state = StageState.initial(spec, seed.bytes(), StageBase.NONE);
        StageProgram program = machine.load(spec, state.weights(), base)) {
      Writer outputs = new Writer();
      for (int step = 0; step < REPLAYS; step++) {
        outputs.raw(program.infer(probe.input(step)));
      }
      return Hashing.of("replay-class", outputs.toBytes());
    }
  }

  /// What adapters are on need not be there yet: kernels depend on shapes.
  private static StageBase base(StageSpec spec, Hash seed) {
    return spec.model().lora().isPresent()
        ? StageBase.patterned(spec, seed.bytes())
        : StageBase.NONE;
  }

  private void step(StageProgram program, int step, Writer outputs) {
    Draw draw = new Draw(seed.u64At(0), step, 0);
    Bytes input = input(step);
    if (spec.last()) {
      Layer.Head head = spec.model().head();
      int count = spec.labelBytes() / Float.BYTES;
      Bytes labels =
          head.labelsAreIds()
              ? ids("labels", step, count, head.outWidth())
              : numbers("labels", step, count, 1);
      var result = program.train(input, labels, 1, draw);
      outputs.u32(result.lossBits() & 0xffff_ffffL).raw(result.inputGradient());
    } else {
      Tape tape = program.forward(input, draw);
      outputs.raw(tape.output());
      int count = spec.outputBytes() / Float.BYTES;
      outputs.raw(program.backward(tape, numbers("gradient", step, count, GRADIENT_DEVIATION)));
    }
  }

  private Bytes input(int step) {
    int inputs = spec.inputBytes() / Float.BYTES;
    return spec.model().layers().getFirst() instanceof Layer.Embedding e && spec.first()
        ? ids("input", step, inputs, e.vocabulary())
        : numbers("input", step, inputs, 1);
  }

  private Bytes ids(String purpose, int step, int count, int bound) {
    Philox draws = Philox.of(seed, "probe-" + purpose);
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (int) draws.below(bound, step, i);
    }
    return LittleEndian.ofInts(ids);
  }

  private Bytes numbers(String purpose, int step, int count, double deviation) {
    return LittleEndian.ofFloats(
        Philox.of(seed, "probe-" + purpose).normals(step, count, deviation));
  }
}
