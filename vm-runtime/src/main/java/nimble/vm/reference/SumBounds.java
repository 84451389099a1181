package nimble.vm.reference;

import java.util.List;
import nimble.codec.Malformed;
import nimble.vm.Precision;
import nimble.vm.trace.Copies;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;

/// Sums, products, and sums of products (B2, B8).
final class SumBounds {
  private final TraceForm form;
  private final Operands operands;

  SumBounds(TraceForm form, Operands operands) {
    this.form = form;
    this.operands = operands;
  }

  /// A kernel may round a narrow product before it adds the bias, and again behind it.
  Interval product(Rule.Product rule, int row, int column) throws Malformed {
    int inner = form.tensor(rule.x()).columns();
    int x = (row * rule.plane() + column % rule.plane()) * inner;
    int w = column / rule.plane() * inner;
    Terms terms = new Terms();
    for (int i = 0; i < inner; i++) {
      terms.add((double) operands.number(rule.x(), x + i) * operands.number(rule.w(), w + i));
    }
    Interval product = terms.interval(2, 1).rounded(rule.precision());
    if (rule.bias() == Rule.NONE) {
      return product;
    }
    double bias = operands.number(rule.bias(), column / rule.plane());
    terms.add(bias);
    Interval once = terms.interval(2, 1).rounded(rule.precision());
    return rule.precision() == Precision.FP32
        ? once
        : once.or(product.plus(bias).rounded(rule.precision()));
  }

  Interval sum(List<Integer> parts, int element) throws Malformed {
    Terms terms = new Terms();
    for (int part : parts) {
      terms.add(operands.number(part, element));
    }
    return terms.interval(0, 1);
  }

  /// One rounding.
  Interval times(double a, double b) {
    Terms terms = new Terms();
    terms.add(a * b);
    return terms.interval(0, 1);
  }

  /// Cosines and sines are the very numbers of [nimble.vm.Rotary].
  Interval turn(Rule.Turn rule, int row, int column) throws Malformed {
    int half = rule.headWidth() / 2;
    int d = column % rule.headWidth();
    int place = row % rule.context();
    int at = row * form.tensor(rule.x()).columns() + column;
    boolean first = d < half;
    float cosine = rule.rotary().entry(place, d % half, rule.headWidth(), false);
    float sine = rule.rotary().entry(place, d % half, rule.headWidth(), true);
    double other = operands.number(rule.x(), first ? at + half : at - half);
    Terms terms = new Terms();
    terms.add((double) operands.number(rule.x(), at) * cosine);
    terms.add((first == rule.back() ? other : -other) * sine);
    return terms.interval(1, 1);
  }

  /// Kernels may add up narrow numbers in parts, each of which is rounded.
  Interval rowSum(Rule.RowSums rule, int row) throws Malformed {
    int columns = form.tensor(rule.x()).columns();
    Terms terms = new Terms();
    for (int i = 0; i < columns; i++) {
      terms.add(operands.number(rule.x(), row * columns + i));
    }
    Interval sum = terms.interval(1, 1);
    return rule.precision() == Precision.FP32
        ? sum
        : sum.wider(Rounding.NARROW * terms.size()).rounded(rule.precision());
  }

  Interval embed(Rule.Embed rule, int row, int column) throws Malformed {
    int width = form.tensor(rule.token()).columns();
    int id = Copies.id(operands.bits(rule.ids(), row), form.tensor(rule.token()).rows());
    double token = operands.number(rule.token(), id * width + column);
    if (rule.position() == Rule.NONE) {
      return Interval.exactly(token);
    }
    Terms terms = new Terms();
    terms.add(token);
    terms.add(operands.number(rule.position(), row % rule.context() * width + column));
    return terms.interval(0, 1);
  }

  Interval tokens(Rule.TokenGradient rule, int id, int column) throws Malformed {
    int positions = form.tensor(rule.ids()).count();
    Terms terms = new Terms();
    for (int n = 0; n < positions; n++) {
      if (operands.bits(rule.ids(), n) == id) {
        terms.add(operands.number(rule.transposedDy(), column * positions + n));
      }
    }
    return terms.interval(1, 1);
  }

  Interval places(Rule.PlaceGradient rule, int place, int column) throws Malformed {
    int positions = form.tensor(rule.transposedDy()).columns();
    Terms terms = new Terms();
    for (int n = place; n < positions; n += rule.context()) {
      terms.add(operands.number(rule.transposedDy(), column * positions + n));
    }
    return terms.interval(1, 1);
  }
}
