package nimble.vm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.StageAudit.Finding;
import nimble.vm.StageAudit.Result;

/// What an audit has seen so far: whether all bits were equal, and the tensor that is furthest off
/// (V2, V3).
final class Comparison {
  /// A tensor in which nearly all cancels is measured by this share of the whole gradient's norm.
  private static final double SHARE = 1e-3;

  /// A loss near zero is a difference of numbers that are not.
  private static final double LEAST_LOSS = 1e-2;

  private boolean equal = true;
  private double worst;
  private String reason = "";

  /// What must hold to the bit on every machine.
  void exact(boolean holds, String otherwise) {
    if (!holds) {
      error(otherwise, Double.POSITIVE_INFINITY);
    }
  }

  void loss(String name, int bits, Bytes claimed) {
    if (claimed.size() == Float.BYTES) {
      int other = claimed.asBuffer().getInt();
      float[] loss = {Float.intBitsToFloat(bits)};
      numbers(name, LEAST_LOSS, loss, Float.intBitsToFloat(other));
    } else {
      exact(false, "the size of " + name);
    }
  }

  void tensor(String name, Bytes ours, Bytes claimed) {
    if (ours.size() == claimed.size()) {
      numbers(name, 0, LittleEndian.floats(ours), LittleEndian.floats(claimed));
    } else {
      exact(false, "the size of " + name);
    }
  }

  /// All NaNs are the same: which one comes out is not even a machine's own choice.
  private void numbers(String name, double least, float[] ours, float... claimed) {
    if (!Arrays.equals(ours, claimed)) {
      Deviation deviation = new Deviation();
      deviation.add(ours, claimed, claimed, ours.length);
      error(name, deviation.relative(least));
    }
  }

  /// Each tensor of the gradient by itself, against the intervals that round to what is claimed. A
  /// gradient that is not finite changes nothing (T5): then only that it is not finite counts.
  void gradient(Layout layout, GradientCodec codec, Floats ours, Bytes claimed) {
    Bytes encoded = codec.encode(ours);
    if (encoded.equals(claimed)) {
      return;
    }
    try (Floats low = Floats.zeros(ours.count());
        Floats high = Floats.zeros(ours.count())) {
      codec.decode(encoded, low);
      codec.decode(claimed, high);
      if (low.finite() && high.finite()) {
        codec.intervals(claimed, low, high);
        tensors(layout, ours, low, high);
      } else {
        boolean both = low.finite() == high.finite();
        error("a gradient that is not finite", both ? 0 : Double.POSITIVE_INFINITY);
      }
    } catch (Malformed e) {
      error("gradient: " + e.getMessage(), Double.POSITIVE_INFINITY);
    }
  }

  private void tensors(Layout layout, Floats ours, Floats low, Floats high) {
    List<Deviation> deviations = new ArrayList<>();
    for (ParameterTensor tensor : layout.tensors()) {
      deviations.add(Deviation.of(tensor, ours, low, high));
    }
    double whole = Math.sqrt(deviations.stream().mapToDouble(Deviation::squares).sum());
    for (int i = 0; i < deviations.size(); i++) {
      error(
          "gradient of " + layout.tensors().get(i).name(),
          deviations.get(i).relative(SHARE * whole));
    }
  }

  Result result(Hash answer, Tolerance tolerance, boolean sameClass) {
    if (equal || (!sameClass && tolerance.allows(worst))) {
      return new Result(Finding.EQUAL, answer, reason, worst);
    }
    Finding finding = tolerance.allows(worst) ? Finding.DEVIATES : Finding.FALSE;
    return new Result(finding, answer, reason, worst);
  }

  private void error(String what, double error) {
    if (equal || error > worst) {
      worst = error;
      reason =
          Double.isInfinite(error)
              ? what + " is false"
              : String.format(Locale.ROOT, "%s is off by %.3g", what, error);
    }
    equal = false;
  }
}
