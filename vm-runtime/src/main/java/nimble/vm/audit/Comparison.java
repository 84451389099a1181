package nimble.vm.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.Layout;
import nimble.vm.audit.StageAudit.Finding;
import nimble.vm.audit.StageAudit.Result;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.tensor.ParameterTensor;

/// What an audit has seen so far: whether all bits were equal, and the tensor that is furthest off
/// (V2, V3).
final class Comparison {
  /// A tensor in which nearly all cancels is measured by this share of the whole gradient's norm.
  private static final double SHARE = 1e-3;

  /// A loss near zero is a difference of numbers that are not.
  private static final double LEAST_LOSS = 1e-2;

  private final Map<TensorKind, Double> worst = new EnumMap<>(TensorKind.class);
  private final Map<TensorKind, String> furthest = new EnumMap<>(TensorKind.class);
  private boolean equal = true;
  private String falsehood = "";

  /// What must hold to the bit on every machine.
  void exact(boolean holds, String otherwise) {
    if (!holds) {
      equal = false;
      falsehood = falsehood.isEmpty() ? otherwise : falsehood;
    }
  }

  void loss(String name, int bits, Bytes claimed) {
    if (claimed.size() == Float.BYTES) {
      int other = claimed.asBuffer().getInt();
      float[] loss = {Float.intBitsToFloat(bits)};
      numbers(TensorKind.OUTPUT, name, LEAST_LOSS, loss, Float.intBitsToFloat(other));
    } else {
      exact(false, "the size of " + name);
    }
  }

  void tensor(TensorKind kind, String name, Bytes ours, Bytes claimed) {
    if (ours.size() == claimed.size()) {
      numbers(kind, name, 0, LittleEndian.floats(ours), LittleEndian.floats(claimed));
    } else {
      exact(false, "the size of " + name);
    }
  }

  /// All NaNs are the same: which one comes out is not even a machine's own choice.
  private void numbers(TensorKind kind, String name, double least, float[] ours, float... claimed) {
    if (!Arrays.equals(ours, claimed)) {
      Deviation deviation = new Deviation();
      deviation.add(ours, claimed, claimed, ours.length);
      error(kind, name, deviation.relative(least));
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
        equal = false;
        exact(low.finite() == high.finite(), "a gradient that is not finite");
      }
    } catch (Malformed e) {
      exact(false, "gradient: " + e.getMessage());
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
          TensorKind.WEIGHT_GRADIENT,
          "gradient of " + layout.tensors().get(i).name(),
          deviations.get(i).relative(SHARE * whole));
    }
  }

  Result result(Hash answer, Tolerance tolerance, boolean sameClass) {
    Errors errors = errors();
    boolean allowed = falsehood.isEmpty() && tolerance.allows(errors);
    Finding finding = allowed ? Finding.DEVIATES : Finding.FALSE;
    boolean right = equal || (!sameClass && allowed);
    return new Result(right ? Finding.EQUAL : finding, answer, reason(tolerance), errors);
  }

  Errors errors() {
    return Errors.of(worst);
  }

  /// What is furthest off, measured by what is allowed; empty when nothing is.
  private String reason(Tolerance tolerance) {
    if (!falsehood.isEmpty()) {
      return falsehood + " is false";
    }
    return worst.keySet().stream()
        .max(Comparator.comparingDouble(kind -> errors().of(kind) / tolerance.of(kind)))
        .map(furthest::get)
        .orElse("");
  }

  private void error(TensorKind kind, String what, double error) {
    equal = false;
    if (error > worst.getOrDefault(kind, -1.0)) {
      worst.put(kind, error);
      furthest.put(kind, String.format(Locale.ROOT, "%s is off by %.3g", what, error));
    }
  }
}
