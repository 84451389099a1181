package nimble.vm.reference;

import nimble.codec.Malformed;
import nimble.vm.Layer;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;

/// Losses and their gradients (B4).
final class LossBounds {
  private static final int EACH = 8;

  private final TraceForm form;
  private final Operands operands;

  LossBounds(TraceForm form, Operands operands) {
    this.form = form;
    this.operands = operands;
  }

  /// `x − log Σ eˣ`; the exponents' arguments are rounded differences.
  Interval logShare(int x, int row, int column) throws Malformed {
    int classes = form.tensor(x).columns();
    double largest = Double.NEGATIVE_INFINITY;
    double size = 1;
    for (int i = 0; i < classes; i++) {
      double number = operands.number(x, row * classes + i);
      largest = Math.max(largest, number);
      size = Math.max(size, Math.abs(number));
    }
    double total = 0;
    for (int i = 0; i < classes; i++) {
      total += StrictMath.exp(operands.number(x, row * classes + i) - largest);
    }
    double value = operands.number(x, row * classes + column) - largest - StrictMath.log(total);
    double error =
        Rounding.gamma(EACH) * (3 * size + Math.abs(value))
            + Rounding.gamma(classes)
            + 2 * Rounding.ELEMENTARY;
    return Rounding.around(value, error, 4 * size, classes + EACH);
  }

  Interval mean(int picked, int labels) throws Malformed {
    int labelled = labelled(labels);
    if (labelled == 0) {
      return Interval.ALL;
    }
    Terms terms = new Terms();
    for (int n = 0; n < form.tensor(picked).count(); n++) {
      terms.add(operands.number(picked, n));
    }
    return terms.interval(EACH, -1.0 / labelled);
  }

  private int labelled(int labels) throws Malformed {
    int labelled = 0;
    for (int n = 0; n < form.tensor(labels).count(); n++) {
      labelled += operands.bits(labels, n) == Layer.Head.UNLABELLED ? 0 : 1;
    }
    return labelled;
  }

  Interval squares(int y, int labels) throws Malformed {
    int count = form.tensor(y).count();
    Terms terms = new Terms();
    for (int i = 0; i < count; i++) {
      double difference = (double) operands.number(y, i) - operands.number(labels, i);
      terms.add(difference * difference);
    }
    return terms.interval(EACH, 1.0 / count);
  }

  Interval shares(Rule.ShareGradient rule, int row, int column) throws Malformed {
    if (operands.bits(rule.labels(), row) == Layer.Head.UNLABELLED) {
      return Interval.exactly(0);
    }
    int classes = form.tensor(rule.logShares()).columns();
    double log = operands.number(rule.logShares(), row * classes + column);
    double share = StrictMath.exp(log);
    double label = operands.bits(rule.labels(), row) == column ? 1 : 0;
    double factor = rule.scale() / (double) labelled(rule.labels());
    double error =
        share * (Rounding.ELEMENTARY + Rounding.gamma(EACH) * Math.abs(log))
            + label * Rounding.ELEMENTARY;
    double size = Math.abs(factor) * (share * (1 + Math.abs(log)) + label);
    return Rounding.around((share - label) * factor, error * Math.abs(factor), size, EACH);
  }

  Interval slope(Rule.SquaresGradient rule, int element) throws Malformed {
    double difference =
        (double) operands.number(rule.y(), element) - operands.number(rule.labels(), element);
    double value = 2 * difference * rule.scale() / form.tensor(rule.y()).count();
    return Rounding.around(value, Rounding.gamma(EACH) * Math.abs(value), Math.abs(value), EACH);
  }
}
