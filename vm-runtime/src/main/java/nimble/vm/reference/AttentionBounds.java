package nimble.vm.reference;

import java.util.List;
import java.util.stream.IntStream;
import nimble.codec.Malformed;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.Rule.Heads;

/// Causal attention as one operator, and its gradient (B5). An error e of a score multiplies its
/// share by at most exp(2e), the other half for the scores that it is compared with; kernels that
/// go through the keys in blocks multiply once a block.
final class AttentionBounds {
  private static final int EACH = 64;

  /// Roundings of a score beside the sum in it: scaled before or behind, less others.
  private static final int SCORE = 16;

  private final Rule.Attend rule;
  private final Heads shape;
  private final Operands operands;

  AttentionBounds(Rule.Attend rule, Operands operands) {
    this.rule = rule;
    shape = rule.shape();
    this.operands = operands;
  }

  /// One query's softmax.
  ///
  /// Over the positions that it sees, with the relative error of each share.
  private static final class Shares {
    private final double[] shares;
    private final double error;

    Shares(double[] shares, double error) {
      this.shares = shares;
      this.error = error;
    }
  }

  Interval value(int position, int column) throws Malformed {
    Place at = place(position, column);
    Shares shares = shares(at, at.index());
    Terms terms = new Terms();
    for (int j = 0; j <= at.index(); j++) {
      terms.add(shares.shares[j] * shared(rule.values(), at, j, at.d()));
    }
    return around(terms, shares.error);
  }

  /// Of queries, keys and values side by side.
  Interval gradient(int dyHeads, int position, int column) throws Malformed {
    int mixed = shape.mixedWidth();
    if (column < mixed) {
      return ofQuery(dyHeads, place(position, column));
    }
    int rest = column - mixed;
    Place at = place(position, rest % shape.sharedWidth());
    return rest < shape.sharedWidth() ? ofKey(dyHeads, at) : ofValue(dyHeads, at);
  }

  private Interval ofQuery(int dyHeads, Place at) throws Malformed {
    Slopes slopes = slopes(dyHeads, at, at.index());
    Terms terms = new Terms();
    for (int j = 0; j <= at.index(); j++) {
      double key = shared(rule.keys(), at, j, at.d());
      terms.add(slopes.values[j] * key, slopes.sizes[j] * Math.abs(key));
    }
    return around(terms, slopes.error);
  }

  /// @param shared the place by its head of keys
  private Interval ofKey(int dyHeads, Place shared) throws Malformed {
    Terms terms = new Terms();
    double error = 0;
    for (Place at : users(shared)) {
      for (int i = at.index(); i < shape.context(); i++) {
        Slopes slopes = slopes(dyHeads, at, i);
        double query = own(rule.queries(), at, i, at.d());
        int j = at.index();
        terms.add(slopes.values[j] * query, slopes.sizes[j] * Math.abs(query));
        error = Math.max(error, slopes.error);
      }
    }
    return around(terms, error);
  }

  private Interval ofValue(int dyHeads, Place shared) throws Malformed {
    Terms terms = new Terms();
    double error = 0;
    for (Place at : users(shared)) {
      for (int i = at.index(); i < shape.context(); i++) {
        Shares shares = shares(at, i);
        terms.add(shares.shares[at.index()] * own(dyHeads, at, i, at.d()));
        error = Math.max(error, shares.error);
      }
    }
    return around(terms, error);
  }

  /// The same place for each head of queries that uses a head of keys.
  private List<Place> users(Place shared) {
    int first = shared.head() * shape.group();
    return IntStream.range(first, first + shape.group())
        .mapToObj(head -> new Place(shared.row(), head, shared.index(), shared.d()))
        .toList();
  }

  private Interval around(Terms terms, double relative) {
    double error = (relative + Rounding.gamma(terms.count() + EACH)) * terms.size();
    long operations = (terms.count() + 1) * (shape.context() + shape.width() + EACH);
    return Rounding.around(terms.value(), error, terms.size(), operations);
  }

  private Shares shares(Place at, int query) throws Malformed {
    double scale = 1 / StrictMath.sqrt(shape.width());
    double[] scores = new double[query + 1];
    double largest = Double.NEGATIVE_INFINITY;
    double size = 0;
    for (int j = 0; j <= query; j++) {
      double sum = 0;
      double sizes = 0;
      for (int d = 0; d < shape.width(); d++) {
        double product = own(rule.queries(), at, query, d) * shared(rule.keys(), at, j, d);
        sum += product;
        sizes += Math.abs(product);
      }
      scores[j] = sum * scale;
      largest = Math.max(largest, scores[j]);
      size = Math.max(size, sizes * scale);
    }
    double total = 0;
    for (int j = 0; j <= query; j++) {
      scores[j] = StrictMath.exp(scores[j] - largest);
      total += scores[j];
    }
    for (int j = 0; j <= query; j++) {
      scores[j] /= total;
    }
    double score = Rounding.gamma(shape.width() + SCORE) * size;
    double error =
        StrictMath.expm1(2 * score) + Rounding.gamma(4L * (query + 1)) + 2 * Rounding.ELEMENTARY;
    return new Shares(scores, error);
  }

  /// Gradients of one query's scores, times the scale.
  ///
  /// Sizes are those of what each is a difference of.
  private static final class Slopes {
    private final double[] values;
    private final double[] sizes;
    private final double error;

    Slopes(double[] values, double[] sizes, double error) {
      this.values = values;
      this.sizes = sizes;
      this.error = error;
    }
  }

  private Slopes slopes(int dyHeads, Place at, int query) throws Malformed {
    Shares shares = shares(at, query);
    double scale = 1 / StrictMath.sqrt(shape.width());
    double[] values = new double[query + 1];
    double[] sizes = new double[query + 1];
    double mean = 0;
    double meanSize = 0;
    for (int j = 0; j <= query; j++) {
      for (int d = 0; d < shape.width(); d++) {
        double product = own(dyHeads, at, query, d) * shared(rule.values(), at, j, d);
        values[j] += product;
        sizes[j] += Math.abs(product);
      }
      mean += shares.shares[j] * values[j];
      meanSize += shares.shares[j] * sizes[j];
    }
    for (int j = 0; j <= query; j++) {
      double share = shares.shares[j] * scale;
      values[j] = share * (values[j] - mean);
      sizes[j] = share * (sizes[j] + meanSize);
    }
    double error = 2 * shares.error + Rounding.gamma(2L * shape.width() + query + EACH);
    return new Slopes(values, sizes, error);
  }

  /// @param index the place in the row
  private record Place(int row, int head, int index, int d) {}

  private Place place(int position, int column) {
    return new Place(
        position / shape.context(),
        column / shape.width(),
        position % shape.context(),
        column % shape.width());
  }

  /// Of queries, and of what is as they are.
  private double own(int tensor, Place at, int index, int d) throws Malformed {
    return operands.number(tensor, shape.at(shape.heads(), at.row(), at.head(), index, d));
  }

  /// Of the keys and the values that a head of queries uses.
  private double shared(int tensor, Place at, int index, int d) throws Malformed {
    int head = at.head() / shape.group();
    return operands.number(tensor, shape.at(shape.shared(), at.row(), head, index, d));
  }
}
