package nimble.vm.generation;

import java.util.Arrays;
import java.util.BitSet;
import nimble.codec.Bytes;
import nimble.vm.Philox;
import nimble.vm.tensor.LittleEndian;

/// Whether a token may have been chosen by who had nearly these outputs (G6): its score falls short
/// of every one's that surely stood beside it by no more than the outputs may be apart.
final class FairChoice {
  private static final double MILLI = 1e-3;

  /// Scores are sums of few numbers in fp64.
  private static final double ROUNDING = 1e-9;

  private final Sampling sampling;
  private final int[] steps;

  /// Steps by which the difference of two tokens may be another.
  private final int apart;

  private FairChoice(Sampling sampling, int[] steps, int apart) {
    this.sampling = sampling;
    this.steps = steps;
    this.apart = apart;
  }

  /// @param tolerance by which outputs may be others, relative to the largest
  static FairChoice of(Bytes outputs, Sampling sampling, BitSet seen, double tolerance) {
    int[] steps = Sampler.steps(outputs, sampling, seen);
    double largest = 0;
    for (float output : LittleEndian.floats(outputs)) {
      largest = Math.max(largest, Float.isFinite(output) ? Math.abs(output) : 0);
    }
    double penalty =
        Math.max(
            (double) sampling.repetitionMilli() / Sampling.ALL_MILLI,
            (double) Sampling.ALL_MILLI / sampling.repetitionMilli());
    double each = (largest * tolerance * Sampler.STEPS + 1) * penalty + 1;
    return new FairChoice(sampling, steps, (int) Math.min(1 << 20, Math.ceil(2 * each)));
  }

  /// @param index of the draw
  boolean allows(int token, long index) {
    if (token < 0 || token >= steps.length) {
      return false;
    }
    if (sampling.temperatureMilli() == 0) {
      return steps[token] >= Arrays.stream(steps).max().orElseThrow() - apart;
    }
    int[] order = bounded() ? steps.clone() : new int[0];
    Arrays.sort(order);
    if (bounded() && steps[token] < least(order)) {
      return false;
    }
    int sure = bounded() ? sure(order) : Integer.MIN_VALUE;
    Philox draws = Philox.of(sampling.seed(), "sample");
    double its = Sampler.score(steps[token], sampling, draws.bits(index, token));
    double may = scaled(apart) + ROUNDING;
    for (int other = 0; other < steps.length; other++) {
      if (steps[other] >= sure
          && Sampler.score(steps[other], sampling, draws.bits(index, other)) > its + may) {
        return false;
      }
    }
    return true;
  }

  /// Not all tokens may be drawn (G4).
  private boolean bounded() {
    return sampling.topK() > 0 || sampling.topPMilli() < Sampling.ALL_MILLI;
  }

  /// From so many steps on a token may have been among those that are drawn from.
  private int least(int[] order) {
    int kept = kept(order);
    int byRank = order[order.length - kept] - apart;
    if (sampling.topPMilli() == Sampling.ALL_MILLI) {
      return byRank;
    }
    double wanted =
        total(order, kept) * sampling.topPMilli() * MILLI * StrictMath.exp(scaled(apart));
    double ahead = 0;
    int at = order.length - 1;
    while (at >= order.length - kept && ahead < wanted) {
      ahead += weight(order, at);
      at--;
    }
    return Math.max(byRank, order[at + 1] - apart);
  }

  /// From so many steps on it surely was.
  private int sure(int[] order) {
    int kept = kept(order);
    int byRank = kept < order.length ? order[order.length - kept - 1] + apart + 1 : order[0];
    if (sampling.topPMilli() == Sampling.ALL_MILLI) {
      return byRank;
    }
    double wanted =
        total(order, kept) * sampling.topPMilli() * MILLI / StrictMath.exp(scaled(apart));
    double with = 0;
    int at = order.length - 1;
    while (at >= 0 && with < wanted) {
      with += weight(order, at);
      at--;
    }
    return Math.max(byRank, order[at + 1] + apart + 1);
  }

  private int kept(int[] order) {
    return sampling.topK() == 0 ? order.length : Math.min(sampling.topK(), order.length);
  }

  private double total(int[] order, int kept) {
    double total = 0;
    for (int at = order.length - 1; at >= order.length - kept; at--) {
      total += weight(order, at);
    }
    return total;
  }

  private double weight(int[] order, int at) {
    return StrictMath.exp(scaled(order[at] - order[order.length - 1]));
  }

  private double scaled(int some) {
    return (double) some / Sampler.STEPS / (sampling.temperatureMilli() * MILLI);
  }
}
