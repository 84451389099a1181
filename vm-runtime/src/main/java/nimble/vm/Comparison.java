package nimble.vm;

import java.util.ArrayList;
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
    Bytes ours = Evidence.MicroBatch.loss(bits);
    if (!ours.equals(claimed)) {
      boolean fits = claimed.size() == Float.BYTES;
      float loss = fits ? Float.intBitsToFloat(claimed.asBuffer().getInt()) : Float.NaN;
      Deviation deviation = new Deviation();
      deviation.add(Float.intBitsToFloat(bits), loss, loss);
      error(name, fits ? deviation.relative() : Double.POSITIVE_INFINITY);
    }
  }

  void tensor(String name, Bytes ours, Bytes claimed) {
    if (ours.equals(claimed)) {
      return;
    }
    if (ours.size() != claimed.size()) {
      error(name + " has another size", Double.POSITIVE_INFINITY);
      return;
    }
    float[] expected = LittleEndian.floats(ours);
    float[] numbers = LittleEndian.floats(claimed);
    Deviation deviation = new Deviation();
    deviation.add(expected, numbers, numbers, expected.length);
    error(name, deviation.relative());
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
    double whole = deviations.stream().mapToDouble(Deviation::squares).sum();
    for (int i = 0; i < deviations.size(); i++) {
      error("gradient of " + layout.tensors().get(i).name(), deviations.get(i).relative(whole));
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
      reason = String.format(Locale.ROOT, "%s: off by %.3g", what, error);
    }
    equal = false;
  }
}
