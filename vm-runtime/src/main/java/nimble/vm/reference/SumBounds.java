package nimble.vm.reference;

import nimble.codec.Malformed;
import nimble.vm.trace.Copies;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;

/// Sums and sums of products (B2).
final class SumBounds {
  private final TraceForm form;
  private final Operands operands;

  SumBounds(TraceForm form, Operands operands) {
    this.form = form;
    this.operands = operands;
  }

  Interval product(Rule.Product rule, int row, int column) throws Malformed {
    int inner = form.tensor(rule.x()).columns();
    Terms terms = new Terms();
    for (int i = 0; i < inner; i++) {
      double x = operands.number(rule.x(), row * inner + i);
      terms.add(x * operands.number(rule.w(), column * inner + i));
    }
    if (rule.bias() != Rule.NONE) {
      terms.add(operands.number(rule.bias(), column));
    }
    return terms.interval(2, 1);
  }

  Interval sum(int a, int b, int element) throws Malformed {
    Terms terms = new Terms();
    terms.add(operands.number(a, element));
    terms.add(operands.number(b, element));
    return terms.interval(0, 1);
  }

  Interval rowSum(int x, int row) throws Malformed {
    int columns = form.tensor(x).columns();
    Terms terms = new Terms();
    for (int i = 0; i < columns; i++) {
      terms.add(operands.number(x, row * columns + i));
    }
    return terms.interval(1, 1);
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
