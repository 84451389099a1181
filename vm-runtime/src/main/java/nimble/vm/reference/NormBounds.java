package nimble.vm.reference;

import nimble.codec.Malformed;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;

/// Norms, with a mean and without (B3). Kernels subtract the mean before or after they multiply, so
/// what counts is |x| + |mean|, not the difference.
final class NormBounds {
  private static final double EPSILON = 1e-5;

  /// Roundings of a number beside the sums in it.
  private static final int EACH = 24;

  private final TraceForm form;
  private final Operands operands;

  NormBounds(TraceForm form, Operands operands) {
    this.form = form;
    this.operands = operands;
  }

  Interval mean(int x, int row) throws Malformed {
    return sum(x, row).interval(EACH, 1.0 / form.tensor(x).columns());
  }

  /// The variance's error is that of the worst way to compute it, the mean of squares less the
  /// square of the mean (Chan, Golub, LeVeque 1983, table 2).
  Interval inverse(int x, int row) throws Malformed {
    int width = form.tensor(x).columns();
    double mean = sum(x, row).value() / width;
    Terms squares = new Terms();
    double variance = 0;
    for (int i = 0; i < width; i++) {
      double number = operands.number(x, row * width + i);
      squares.add(number * number);
      variance += (number - mean) * (number - mean) / width;
    }
    double size = 2 * squares.size() / width + EPSILON;
    return inverseRoot(variance + EPSILON, 2 * Rounding.gamma(width + EACH) * size, size);
  }

  /// All squares are positive: nothing cancels.
  Interval inverseSize(int x, int row, float epsilon) throws Malformed {
    int width = form.tensor(x).columns();
    Terms squares = new Terms();
    for (int i = 0; i < width; i++) {
      double number = operands.number(x, row * width + i);
      squares.add(number * number);
    }
    double mean = squares.value() / width + epsilon;
    return inverseRoot(mean, Rounding.gamma(width + EACH) * mean, squares.value() + epsilon);
  }

  private static Interval inverseRoot(double square, double error, double size) {
    if (!(square > error) || !(size < Float.MAX_VALUE)) {
      return Interval.ALL;
    }
    double least = 1 / StrictMath.sqrt(square + error);
    double most = 1 / StrictMath.sqrt(square - error);
    return new Interval(least * (1 - Rounding.ELEMENTARY), most * (1 + Rounding.ELEMENTARY));
  }

  Interval norm(Rule.Norm rule, int row, int column) throws Malformed {
    int width = form.tensor(rule.x()).columns();
    double mean = meanOf(rule.mean(), row);
    double x = operands.number(rule.x(), row * width + column);
    double factor =
        (double) operands.number(rule.inverse(), row) * operands.number(rule.scale(), column);
    Terms terms = new Terms();
    terms.add((x - mean) * factor, (Math.abs(x) + Math.abs(mean)) * Math.abs(factor));
    if (rule.shift() != Rule.NONE) {
      terms.add(operands.number(rule.shift(), column));
    }
    return terms.interval(EACH, 1);
  }

  /// `inverse · (g − mean(g) − x̂ · mean(g · x̂))` with `g = dy · scale`, `x̂ = (x − mean) ·
  /// inverse`; without a mean `inverse · (g − x̂ · mean(g · x̂))`. Kernels multiply x by a factor
  /// that may be too small for fp32.
  Interval gradient(Rule.NormGradient rule, int row, int column) throws Malformed {
    int width = form.tensor(rule.x()).columns();
    double mean = meanOf(rule.mean(), row);
    double inverse = operands.number(rule.inverse(), row);
    Terms sum = new Terms();
    Terms product = new Terms();
    for (int i = 0; i < width; i++) {
      double g = scaled(rule, row, i, width);
      double x = operands.number(rule.x(), row * width + i);
      sum.add(g);
      product.add(g * (x - mean) * inverse, Math.abs(g) * reach(x, mean, inverse));
    }
    double g = scaled(rule, row, column, width);
    double x = operands.number(rule.x(), row * width + column);
    double normed = (x - mean) * inverse;
    Terms terms = new Terms();
    terms.add(g);
    if (rule.mean() != Rule.NONE) {
      terms.add(-sum.value() / width, sum.size() / width);
    }
    terms.add(-normed * product.value() / width, reach(x, mean, inverse) * product.size() / width);
    double lost =
        Rounding.UNDERFLOW * (1 + Math.abs(x) + Math.abs(mean)) * Math.max(1, inverse * inverse);
    return terms.interval(2L * width + EACH, inverse).wider(lost * EACH);
  }

  Interval scale(Rule.ScaleGradient rule, int column) throws Malformed {
    int positions = form.tensor(rule.transposedX()).columns();
    Terms terms = new Terms();
    for (int n = 0; n < positions; n++) {
      double x = operands.number(rule.transposedX(), column * positions + n);
      double dy = operands.number(rule.transposedDy(), column * positions + n);
      double mean = meanOf(rule.mean(), n);
      double inverse = operands.number(rule.inverse(), n);
      terms.add(dy * (x - mean) * inverse, Math.abs(dy) * reach(x, mean, inverse));
    }
    return terms.interval(EACH, 1);
  }

  private double meanOf(int mean, int row) throws Malformed {
    return mean == Rule.NONE ? 0 : operands.number(mean, row);
  }

  private double scaled(Rule.NormGradient rule, int row, int i, int width) throws Malformed {
    return (double) operands.number(rule.dy(), row * width + i) * operands.number(rule.scale(), i);
  }

  private static double reach(double x, double mean, double inverse) {
    return (Math.abs(x) + Math.abs(mean)) * Math.abs(inverse);
  }

  private Terms sum(int x, int row) throws Malformed {
    int width = form.tensor(x).columns();
    Terms terms = new Terms();
    for (int i = 0; i < width; i++) {
      terms.add(operands.number(x, row * width + i));
    }
    return terms;
  }
}
