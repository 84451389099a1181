package nimble.vm;

/// Operations of one layer for one micro-batch (M6): two for a multiply-add of a matrix product,
/// stated constants an element for everything else.
public final class Operations {
  public static final int NORM_FORWARD = 8;
  public static final int NORM_BACKWARD = 14;
  public static final int RMS_NORM_FORWARD = 4;
  public static final int RMS_NORM_BACKWARD = 9;

  /// Of a number that is turned by its place, either way.
  public static final int ROTARY = 3;

  /// Of a number of a frozen matrix: looked up and multiplied.
  public static final int DECODE = 2;

  /// Of a number that dropout decides about: drawn, multiplied, and its gradient multiplied.
  public static final int DROPOUT = 6;

  public static final int SOFTMAX_FORWARD = 4;
  public static final int SOFTMAX_BACKWARD = 4;
  public static final int LOSS_FORWARD = 4;
  public static final int LOSS_BACKWARD = 2;

  private Operations() {}

  static long forward(Layer layer, long positions, long context) {
    return switch (layer) {
      case Layer.Embedding e -> e.positions() == 0 ? 0 : product(positions, e.width());
      case Layer.LayerNorm norm -> product(positions, norm.width(), NORM_FORWARD);
      case Layer.RmsNorm norm -> product(positions, norm.width(), RMS_NORM_FORWARD);
      case Layer.Linear linear -> linear(linear, positions, 1);
      case Layer.Activation(int width, Curve curve) ->
          product(positions, width, curve.forwardOperations());
      case Layer.CausalAttention a -> {
        long pairs = pairs(positions, context);
        long attended =
            sum(product(4, pairs, a.width()), product(SOFTMAX_FORWARD, pairs, a.heads()));
        yield sum(attended, projections(a, positions, 1));
      }
      case Layer.GroupedAttention a -> {
        long pairs = pairs(positions, context);
        long attended =
            sum(product(4, pairs, a.mixedWidth()), product(SOFTMAX_FORWARD, pairs, a.heads()));
        yield sum(attended, turns(a, positions), projections(a, positions, 1));
      }
      case Layer.GatedFeedForward f ->
          sum(
              product(2, linear(f.up(), positions, 1)),
              linear(f.down(), positions, 1),
              product(positions, f.hidden(), f.curve().forwardOperations() + 1L));
      case Layer.Conv2d conv -> convolution(conv, positions, 1);
      case Layer.Pool pool -> pooling(pool, positions);
      case Layer.FeedForward f ->
          sum(
              linear(f.up(), positions, 1),
              linear(f.down(), positions, 1),
              product(positions, f.hidden(), f.curve().forwardOperations()));
      case Layer.Residual residual -> {
        long all = product(positions, residual.outWidth());
        for (Layer inner : residual.body()) {
          all = sum(all, forward(inner, positions, context));
        }
        yield all;
      }
      case Layer.Head head ->
          sum(
              linear(head.linear(), positions, 1),
              product(positions, head.outWidth(), LOSS_FORWARD));
    };
  }

  static long backward(Layer layer, long positions, long context) {
    return switch (layer) {
      case Layer.Embedding e -> product(positions, e.width(), e.positions() == 0 ? 1 : 2);
      case Layer.LayerNorm norm -> product(positions, norm.width(), NORM_BACKWARD);
      case Layer.RmsNorm norm -> product(positions, norm.width(), RMS_NORM_BACKWARD);
      case Layer.Linear linear -> linear(linear, positions, 2);
      case Layer.Activation(int width, Curve curve) ->
          product(positions, width, curve.backwardOperations());
      case Layer.CausalAttention a -> {
        long pairs = pairs(positions, context);
        long attended =
            sum(product(8, pairs, a.width()), product(SOFTMAX_BACKWARD, pairs, a.heads()));
        yield sum(attended, projections(a, positions, 2));
      }
      case Layer.GroupedAttention a -> {
        long pairs = pairs(positions, context);
        long attended =
            sum(product(8, pairs, a.mixedWidth()), product(SOFTMAX_BACKWARD, pairs, a.heads()));
        yield sum(
            attended,
            turns(a, positions),
            projections(a, positions, 2),
            product(2, positions, a.width()));
      }
      case Layer.GatedFeedForward f ->
          sum(
              product(2, linear(f.up(), positions, 2)),
              linear(f.down(), positions, 2),
              product(positions, f.hidden(), f.curve().backwardOperations() + 2L),
              product(positions, f.width()));
      case Layer.Conv2d conv -> convolution(conv, positions, 2);
      case Layer.Pool pool -> pooling(pool, positions);
      case Layer.FeedForward f ->
          sum(
              linear(f.up(), positions, 2),
              linear(f.down(), positions, 2),
              product(positions, f.hidden(), f.curve().backwardOperations()));
      case Layer.Residual residual -> {
        long all = product(positions, residual.outWidth());
        for (Layer inner : residual.body()) {
          all = sum(all, backward(inner, positions, context));
        }
        yield all;
      }
      case Layer.Head head ->
          sum(
              linear(head.linear(), positions, 2),
              product(positions, head.outWidth(), LOSS_BACKWARD));
    };
  }

  /// Numbers that a kept graph holds for the backward pass.
  static long kept(Layer layer, long positions, long context) {
    return switch (layer) {
      case Layer.Embedding e -> product(positions, e.width());
      case Layer.LayerNorm norm -> product(positions, norm.width() + 2L);
      case Layer.RmsNorm norm -> product(positions, 2L * norm.width() + 1);
      case Layer.Linear linear -> product(positions, linear.in());
      case Layer.Activation activation -> product(positions, activation.width());
      case Layer.CausalAttention a ->
          sum(product(positions, a.width(), 5), product(positions, context, a.heads()));
      case Layer.GroupedAttention a -> {
        long shared = a.heads() == a.kvHeads() ? 2L * a.mixedWidth() : 4L * a.mixedWidth();
        yield sum(
            product(positions, a.width() + 2L * a.mixedWidth() + shared),
            product(positions, context, a.heads()));
      }
      case Layer.FeedForward f -> product(positions, f.width() + 2L * f.hidden());
      case Layer.GatedFeedForward f -> product(positions, f.width() + 4L * f.hidden());
      case Layer.Conv2d conv -> product(positions, conv.inWidth());
      case Layer.Pool pool -> product(positions, (long) pool.inWidth() + pool.outWidth());
      case Layer.Residual(var body) -> {
        long all = 0;
        for (Layer inner : body) {
          all = sum(all, kept(inner, positions, context));
        }
        yield all;
      }
      case Layer.Head head -> product(positions, (long) head.inWidth() + head.outWidth());
    };
  }

  /// `products` is 1 forwards, 2 backwards: the input's gradient and the weight's.
  private static long linear(Layer.Linear linear, long positions, int products) {
    long matrix = product(2L * products, product(positions, linear.in()), linear.out());
    return linear.bias() ? sum(matrix, product(positions, linear.out())) : matrix;
  }

  private static long projections(Layer.CausalAttention a, long positions, int products) {
    int width = a.width();
    return sum(
        linear(new Layer.Linear(width, 3 * width, a.bias()), positions, products),
        linear(new Layer.Linear(width, width, a.bias()), positions, products));
  }

  private static long projections(Layer.GroupedAttention a, long positions, int products) {
    return sum(
        linear(a.queries(), positions, products),
        product(2, linear(a.shared(), positions, products)),
        linear(a.out(), positions, products));
  }

  private static long turns(Layer.GroupedAttention a, long positions) {
    return a.rotary().isEmpty()
        ? 0
        : product(ROTARY, positions, (long) a.mixedWidth() + a.sharedWidth());
  }

  /// Places beyond the edge count like others.
  private static long convolution(Layer.Conv2d conv, long positions, int products) {
    long numbers = product(positions, conv.outWidth());
    long matrix = product(2L * products, numbers, conv.patch());
    return conv.bias() ? sum(matrix, numbers) : matrix;
  }

  private static long pooling(Layer.Pool pool, long positions) {
    return product(positions, pool.outWidth(), (long) pool.kernel() * pool.kernel());
  }

  /// Pairs of a position and one that it sees, in all rows.
  private static long pairs(long positions, long context) {
    return product(positions, context + 1) / 2;
  }

  private static long product(long a, long b) {
    return Math.multiplyExact(a, b);
  }

  private static long product(long a, long b, long c) {
    return product(product(a, b), c);
  }

  private static long sum(long... parts) {
    long all = 0;
    for (long part : parts) {
      all = Math.addExact(all, part);
    }
    return all;
  }
}
