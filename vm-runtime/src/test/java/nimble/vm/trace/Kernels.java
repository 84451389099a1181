package nimble.vm.trace;

import java.util.List;
import nimble.codec.Malformed;
import nimble.vm.Curve;
import nimble.vm.Layer;
import nimble.vm.Precision;

/// Honest kernels in fp32: every operator in the algebraic forms that libraries use, every sum in
/// one of the ways of [Summation]. An odd `form` takes the other form where there are two.
final class Kernels {
  private static final float EPSILON = 1e-5f;

  private final TraceForm form;
  private final Operands operands;
  private final Summation summation;
  private final boolean other;

  Kernels(TraceForm form, Operands operands, Summation summation, boolean other) {
    this.form = form;
    this.operands = operands;
    this.summation = summation;
    this.other = other;
  }

  float number(int tensor, int element) throws Malformed {
    TraceTensor shape = form.tensor(tensor);
    int row = element / shape.columns();
    int column = element % shape.columns();
    return switch (shape.rule().orElseThrow()) {
      case Rule.Embed rule -> embed(rule, row, column);
      case Rule.Product rule -> product(rule, row, column);
      case Rule.Sum(List<Integer> parts) -> sum(parts, element);
      case Rule.Times(int a, int b) -> at(a, element) * at(b, element);
      case Rule.Scaled(int x, float factor) -> at(x, element) * factor;
      case Rule.Turn rule -> turn(rule, row, column);
      case Rule.RowSums(int x, Precision precision) ->
          precision.rounded(summation.sum(row(x, element)));
      case Rule.TokenGradient rule -> tokens(rule, row, column);
      case Rule.PlaceGradient rule -> places(rule, row, column);
      case Rule.Mean(int x) -> mean(row(x, element));
      case Rule.InverseSize(int x, float epsilon) -> inverseSize(row(x, row), epsilon);
      case Rule.Largest(int windows) -> largest(row(windows, element));
      case Rule.LargestGradient rule -> largestGradient(rule, element);
      case Rule.InverseDeviation(int x) -> inverse(row(x, row));
      case Rule.Norm rule -> norm(rule, row, column);
      case Rule.NormGradient rule -> normGradient(rule, row, column);
      case Rule.ScaleGradient rule -> scaleGradient(rule, element);
      case Rule.Curved(int x, Curve curve) -> Curves.value(curve, at(x, element), other);
      case Rule.CurveGradient(int x, int dy, Curve curve) ->
          at(dy, element) * Curves.slope(curve, at(x, element));
      case Rule.Attend rule -> attention(rule).value(row, column);
      case Rule.AttendGradient(Rule.Attend of, int dyHeads, int first) ->
          attention(of).gradient(dyHeads, row, first + column);
      case Rule.LogSoftmax(int x) -> logShare(row(x, row), column);
      case Rule.MeanLoss(int picked, int labels) -> -summation.sum(all(picked)) / labelled(labels);
      case Rule.SquaresLoss rule -> squares(rule);
      case Rule.ShareGradient rule -> share(rule, row, column);
      case Rule.SquaresGradient rule -> {
        float difference = at(rule.y(), element) - at(rule.labels(), element);
        yield 2 * difference * (rule.scale() / form.tensor(rule.y()).count());
      }
      case Rule.Copy _ -> Float.intBitsToFloat(Copies.bits(form, tensor, element, operands));
    };
  }

  private KernelAttention attention(Rule.Attend rule) {
    return new KernelAttention(rule, operands, summation, other);
  }

  private float embed(Rule.Embed rule, int row, int column) throws Malformed {
    int width = form.tensor(rule.token()).columns();
    float token = at(rule.token(), operands.bits(rule.ids(), row) * width + column);
    return rule.position() == Rule.NONE
        ? token
        : token + at(rule.position(), row % rule.context() * width + column);
  }

  /// A narrow product is rounded before the bias too, in the other form.
  private float product(Rule.Product rule, int row, int column) throws Malformed {
    float[] x = row(rule.x(), row * rule.plane() + column % rule.plane());
    float sum = summation.dot(x, row(rule.w(), column / rule.plane()));
    if (rule.bias() == Rule.NONE) {
      return rule.precision().rounded(sum);
    }
    float bias = at(rule.bias(), column / rule.plane());
    return rule.precision().rounded((other ? rule.precision().rounded(sum) : sum) + bias);
  }

  private float sum(List<Integer> parts, int element) throws Malformed {
    float[] terms = new float[parts.size()];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = at(parts.get(i), element);
    }
    return summation.sum(terms);
  }

  private float turn(Rule.Turn rule, int row, int column) throws Malformed {
    int width = rule.headWidth();
    int half = width / 2;
    int d = column % width;
    float[] cosines = rule.rotary().table(rule.context(), width, false);
    float[] sines = rule.rotary().table(rule.context(), width, true);
    int entry = row % rule.context() * half + d % half;
    int head = row * form.tensor(rule.x()).columns() + column - d;
    float a = at(rule.x(), head + d % half);
    float b = at(rule.x(), head + half + d % half);
    float sine = rule.back() ? -sines[entry] : sines[entry];
    return d < half
        ? summation.dot(new float[] {a, b}, new float[] {cosines[entry], -sine})
        : summation.dot(new float[] {b, a}, new float[] {cosines[entry], sine});
  }

  private static float largest(float[] window) {
    return window[place(window)];
  }

  private static int place(float[] window) {
    int best = 0;
    for (int i = 1; i < window.length; i++) {
      best = window[i] > window[best] ? i : best;
    }
    return best;
  }

  /// Window by window, as kernels scatter.
  private float largestGradient(Rule.LargestGradient rule, int element) throws Malformed {
    Windows shape = rule.shape();
    int image = element / shape.area();
    float[] terms = new float[shape.plane()];
    for (int window = 0; window < terms.length; window++) {
      int at = image * shape.plane() + window;
      boolean mine = shape.seen(window, place(row(rule.windows(), at))) == element % shape.area();
      terms[window] = mine ? at(rule.dy(), at) : 0;
    }
    return summation.sum(terms);
  }

  private float tokens(Rule.TokenGradient rule, int id, int column) throws Malformed {
    float[] dy = row(rule.transposedDy(), column);
    float[] mine = new float[dy.length];
    for (int n = 0; n < dy.length; n++) {
      mine[n] = operands.bits(rule.ids(), n) == id ? dy[n] : 0;
    }
    return summation.sum(mine);
  }

  private float places(Rule.PlaceGradient rule, int place, int column) throws Malformed {
    float[] dy = row(rule.transposedDy(), column);
    float[] mine = new float[dy.length / rule.context()];
    for (int i = 0; i < mine.length; i++) {
      mine[i] = dy[i * rule.context() + place];
    }
    return summation.sum(mine);
  }

  private float mean(float[] row) {
    float sum = summation.sum(row);
    return other ? sum * (1f / row.length) : sum / row.length;
  }

  private float inverse(float[] row) {
    float variance = 0;
    if (summation == Summation.KAHAN) {
      float mean = mean(row);
      variance = summation.dot(row, row) / row.length - mean * mean;
    } else if (other) {
      float mean = 0;
      float squares = 0;
      for (int i = 0; i < row.length; i++) {
        float delta = row[i] - mean;
        mean += delta / (i + 1);
        squares += delta * (row[i] - mean);
      }
      variance = squares / row.length;
    } else {
      float mean = mean(row);
      float[] deviations = new float[row.length];
      for (int i = 0; i < row.length; i++) {
        deviations[i] = row[i] - mean;
      }
      variance = summation.dot(deviations, deviations) / row.length;
    }
    return 1 / (float) Math.sqrt(variance + EPSILON);
  }

  private float inverseSize(float[] row, float epsilon) {
    float squares = summation.dot(row, row);
    return other
        ? (float) Math.pow(squares * (1f / row.length) + epsilon, -0.5)
        : 1 / (float) Math.sqrt(squares / row.length + epsilon);
  }

  private float meanOf(int mean, int row) throws Malformed {
    return mean == Rule.NONE ? 0 : at(mean, row);
  }

  private float norm(Rule.Norm rule, int row, int column) throws Malformed {
    int width = form.tensor(rule.x()).columns();
    float x = at(rule.x(), row * width + column);
    float mean = meanOf(rule.mean(), row);
    float inverse = at(rule.inverse(), row);
    float scale = at(rule.scale(), column);
    float shift = rule.shift() == Rule.NONE ? 0 : at(rule.shift(), column);
    return other
        ? x * (inverse * scale) + (shift - mean * inverse * scale)
        : (x - mean) * inverse * scale + shift;
  }

  private float normGradient(Rule.NormGradient rule, int row, int column) throws Malformed {
    float[] x = row(rule.x(), row);
    float[] dy = row(rule.dy(), row);
    float mean = meanOf(rule.mean(), row);
    float inverse = at(rule.inverse(), row);
    float[] scaled = new float[x.length];
    float[] normed = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      scaled[i] = dy[i] * at(rule.scale(), i);
      normed[i] = (x[i] - mean) * inverse;
    }
    float sum = rule.mean() == Rule.NONE ? 0 : summation.sum(scaled);
    if (other) {
      float product = summation.dot(scaled, normed);
      return inverse * (scaled[column] - sum / x.length - normed[column] * (product / x.length));
    }
    float product = summation.dot(scaled, x);
    float b = (sum * mean - product) * inverse * inverse * inverse / x.length;
    float c = -b * mean - sum * inverse / x.length;
    return inverse * scaled[column] + b * x[column] + c;
  }

  private float scaleGradient(Rule.ScaleGradient rule, int column) throws Malformed {
    float[] x = row(rule.transposedX(), column);
    float[] dy = row(rule.transposedDy(), column);
    float[] normed = new float[x.length];
    for (int n = 0; n < x.length; n++) {
      float inverse = at(rule.inverse(), n);
      float mean = meanOf(rule.mean(), n);
      normed[n] = other ? inverse * x[n] - inverse * mean : (x[n] - mean) * inverse;
    }
    return summation.dot(dy, normed);
  }

  private float logShare(float[] x, int column) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float number : x) {
      largest = Math.max(largest, number);
    }
    float[] powers = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      powers[i] = (float) Math.exp(x[i] - largest);
    }
    float log = (float) Math.log(summation.sum(powers));
    return other ? x[column] - (largest + log) : x[column] - largest - log;
  }

  private float squares(Rule.SquaresLoss rule) throws Malformed {
    float[] y = all(rule.y());
    float[] labels = all(rule.labels());
    for (int i = 0; i < y.length; i++) {
      y[i] -= labels[i];
    }
    return summation.dot(y, y) / y.length;
  }

  private float share(Rule.ShareGradient rule, int row, int column) throws Malformed {
    if (operands.bits(rule.labels(), row) == Layer.Head.UNLABELLED) {
      return 0;
    }
    int classes = form.tensor(rule.logShares()).columns();
    float each = rule.scale() / labelled(rule.labels());
    float share = (float) Math.exp(at(rule.logShares(), row * classes + column));
    boolean label = operands.bits(rule.labels(), row) == column;
    return other ? (share - (label ? 1 : 0)) * each : share * each - (label ? each : 0);
  }

  private int labelled(int labels) throws Malformed {
    int labelled = 0;
    for (int i = 0; i < form.tensor(labels).count(); i++) {
      labelled += operands.bits(labels, i) == Layer.Head.UNLABELLED ? 0 : 1;
    }
    return labelled;
  }

  private float[] all(int tensor) throws Malformed {
    float[] all = new float[form.tensor(tensor).count()];
    for (int i = 0; i < all.length; i++) {
      all[i] = at(tensor, i);
    }
    return all;
  }

  private float[] row(int tensor, int row) throws Malformed {
    float[] numbers = new float[form.tensor(tensor).columns()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = at(tensor, row * numbers.length + i);
    }
    return numbers;
  }

  private float at(int tensor, int element) throws Malformed {
    return operands.number(tensor, element);
  }
}
