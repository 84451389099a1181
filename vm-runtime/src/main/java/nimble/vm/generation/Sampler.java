package nimble.vm.generation;

import java.util.Arrays;
import java.util.BitSet;
import nimble.codec.Bytes;
import nimble.vm.Philox;
import nimble.vm.tensor.LittleEndian;

/// Chooses the next token from a head's outputs (G1 to G6): exact arithmetic and strict fp64 from
/// quantised outputs on, so that whoever has nearly the same outputs can tell whether a choice was
/// fair.
public final class Sampler {
  /// Steps of an output of 1.
  static final int STEPS = 256;

  private static final int STEPS_MOST = 1 << 24;
  private static final double MILLI = 1e-3;
  private static final double PER_STEP = 0x1p-53;
  private static final double UNIFORM_MAX = 1 - 0x1p-53;
  private static final int ID_BITS = 32;

  private Sampler() {}

  /// @param outputs fp32, one per token
  /// @param seen tokens that the row holds already
  /// @param index of the draw
  public static int choose(Bytes outputs, Sampling sampling, BitSet seen, long index) {
    int[] steps = steps(outputs, sampling, seen);
    if (sampling.temperatureMilli() == 0) {
      return first(steps);
    }
    int[] allowed = allowed(steps, sampling);
    Philox draws = Philox.of(sampling.seed(), "sample");
    int best = allowed[0];
    double most = Double.NEGATIVE_INFINITY;
    for (int token : allowed) {
      double score = score(steps[token], sampling, draws.bits(index, token));
      if (score > most) {
        most = score;
        best = token;
      }
    }
    return best;
  }

  /// G1, G2.
  static int[] steps(Bytes outputs, Sampling sampling, BitSet seen) {
    float[] numbers = LittleEndian.floats(outputs);
    int[] steps = new int[numbers.length];
    for (int token = 0; token < numbers.length; token++) {
      steps[token] = steps(numbers[token]);
      if (sampling.minds() && seen.get(token)) {
        steps[token] = lessLikely(steps[token], sampling.repetitionMilli());
      }
    }
    return steps;
  }

  private static int steps(float output) {
    double scaled = StrictMath.floor((double) output * STEPS + 0.5);
    return Double.isNaN(scaled)
        ? -STEPS_MOST
        : (int) Math.max(-STEPS_MOST, Math.min(STEPS_MOST, scaled));
  }

  /// Keskar et al., "CTRL: A Conditional Transformer Language Model", 2019.
  private static int lessLikely(int steps, int repetitionMilli) {
    long changed =
        steps > 0
            ? Math.floorDiv((long) steps * Sampling.ALL_MILLI, repetitionMilli)
            : Math.floorDiv((long) steps * repetitionMilli, Sampling.ALL_MILLI);
    return (int) Math.max(-STEPS_MOST, Math.min(STEPS_MOST, changed));
  }

  private static int first(int[] steps) {
    int best = 0;
    for (int token = 1; token < steps.length; token++) {
      best = steps[token] > steps[best] ? token : best;
    }
    return best;
  }

  /// G3, G4: what may be drawn.
  private static int[] allowed(int[] steps, Sampling sampling) {
    int[] order = new int[steps.length];
    boolean all = sampling.topK() == 0 && sampling.topPMilli() == Sampling.ALL_MILLI;
    long[] keys = new long[all ? 0 : steps.length];
    for (int token = 0; token < steps.length; token++) {
      order[token] = token;
      if (!all) {
        keys[token] = ((long) -steps[token] << ID_BITS) | token;
      }
    }
    if (all) {
      return order;
    }
    Arrays.sort(keys);
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) keys[i];
    }
    int kept = sampling.topK() == 0 ? order.length : Math.min(sampling.topK(), order.length);
    return Arrays.copyOf(order, nucleus(steps, order, kept, sampling));
  }

  /// Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020.
  private static int nucleus(int[] steps, int[] order, int kept, Sampling sampling) {
    if (sampling.topPMilli() == Sampling.ALL_MILLI) {
      return kept;
    }
    double[] weights = new double[kept];
    double total = 0;
    for (int i = 0; i < kept; i++) {
      weights[i] = StrictMath.exp(scaled(steps[order[i]] - steps[order[0]], sampling));
      total += weights[i];
    }
    double wanted = total * sampling.topPMilli() * MILLI;
    double sum = 0;
    int count = 0;
    while (count < kept && (count == 0 || sum < wanted)) {
      sum += weights[count++];
    }
    return count;
  }

  /// G5.
  static double score(int steps, Sampling sampling, long bits) {
    return scaled(steps, sampling) + gumbel(bits);
  }

  private static double scaled(int steps, Sampling sampling) {
    return (double) steps / STEPS / (sampling.temperatureMilli() * MILLI);
  }

  /// `−ln(−ln u)`, u in (0, 1) from the upper 53 bits.
  private static double gumbel(long bits) {
    double uniform = ((bits >>> 11) + 0.5) * PER_STEP;
    return -StrictMath.log(-StrictMath.log(Math.min(uniform, UNIFORM_MAX)));
  }
}
