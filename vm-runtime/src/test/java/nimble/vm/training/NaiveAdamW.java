package nimble.vm.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import nimble.codec.Malformed;
import nimble.vm.Layout;
import nimble.vm.TrainingSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.tensor.ParameterTensor;

/// The update again, one number and one operation at a time, each computed in decimals that hold
/// the result exactly (or, for ÷ and √, to forty digits) and then rounded to fp32.
final class NaiveAdamW {
  private final float[] w;
  private final float[] m;
  private final float[] v;
  private final Layout layout;
  private double power1 = 1;
  private double power2 = 1;
  private int step;

  NaiveAdamW(StageState state) {
    layout = state.layout();
    w = state.weights().toArray(0, layout.count());
    m = new float[w.length];
    v = new float[w.length];
  }

  void apply(TrainingSpec training, StepGradient gradient, ClipFactor factor) {
    float rate = training.rate().at(step++, training.steps());
    if (factor.skips()) {
      return;
    }
    power1 *= training.optimizer().beta1();
    power2 *= training.optimizer().beta2();
    float[] g = decoded(training, gradient);
    for (ParameterTensor tensor : layout.tensors()) {
      for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
        if (tensor.decayed()) {
          w[i] = minus(w[i], times(times(rate, training.optimizer().weightDecay()), w[i]));
        }
        float clipped = times(factor.value(), g[i]);
        m[i] =
            plus(
                times(training.optimizer().beta1(), m[i]),
                times(minus(1f, training.optimizer().beta1()), clipped));
        v[i] =
            plus(
                times(training.optimizer().beta2(), v[i]),
                times(times(minus(1f, training.optimizer().beta2()), clipped), clipped));
        float mean = over(m[i], (float) (1 - power1));
        float square = over(v[i], (float) (1 - power2));
        float root = plus(root(square), ExactOptimizer.EPSILON);
        w[i] = minus(w[i], over(times(rate, mean), root));
      }
    }
  }

  void compare(StageState state) {
    StateManifest manifest = state.manifest();
    assertEquals(step, manifest.step());
    assertEquals(Double.doubleToRawLongBits(power1), manifest.power1Bits());
    assertEquals(Double.doubleToRawLongBits(power2), manifest.power2Bits());
    float[][] mine = {w, m, v};
    for (int section = 0; section < mine.length; section++) {
      float[] theirs = LittleEndian.floats(state.chunk(section));
      for (int i = 0; i < theirs.length; i++) {
        assertEquals(Float.floatToRawIntBits(mine[section][i]), Float.floatToRawIntBits(theirs[i]));
      }
    }
  }

  private float[] decoded(TrainingSpec training, StepGradient gradient) {
    try (Floats floats = Floats.zeros(w.length)) {
      training.gradientCodec().decode(gradient.encoded(), floats);
      return floats.toArray(0, w.length);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private static float times(float a, float b) {
    return (float) ((double) a * b);
  }

  private static float over(float a, float b) {
    return (float) ((double) a / b);
  }

  private static float plus(float a, float b) {
    return (float) ((double) a + b);
  }

  private static float minus(float a, float b) {
    return (float) ((double) a - b);
  }

  private static float root(float a) {
    return (float) Math.sqrt((double) a);
  }
}
