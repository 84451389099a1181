package nimble.vm.reference;

import nimble.codec.Malformed;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;

/// The largest number of each window, which is exact, and its gradient, a sum (B2).
final class WindowBounds {
  private final TraceForm form;
  private final Operands operands;

  WindowBounds(TraceForm form, Operands operands) {
    this.form = form;
    this.operands = operands;
  }

  Interval largest(int windows, int window) throws Malformed {
    return Interval.exactly(number(windows, window, place(windows, window)));
  }

  Interval gradient(Rule.LargestGradient rule, int element) throws Malformed {
    int image = element / rule.shape().area();
    Terms terms = new Terms();
    for (int place = 0; place < rule.shape().places(); place++) {
      int window = rule.shape().window(element % rule.shape().area(), place);
      if (window != Rule.NONE) {
        int at = image * rule.shape().plane() + window;
        if (place(rule.windows(), at) == place) {
          terms.add(operands.number(rule.dy(), at));
        }
      }
    }
    return terms.interval(1, 1);
  }

  /// Where in a window its largest number is, as machines find it.
  private int place(int windows, int window) throws Malformed {
    int best = 0;
    for (int i = 1; i < form.tensor(windows).columns(); i++) {
      float number = number(windows, window, i);
      if (number > number(windows, window, best) || Float.isNaN(number)) {
        best = i;
      }
    }
    return best;
  }

  private float number(int windows, int window, int place) throws Malformed {
    return operands.number(windows, window * form.tensor(windows).columns() + place);
  }
}
