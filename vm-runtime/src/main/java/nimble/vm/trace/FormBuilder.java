package nimble.vm.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import nimble.check.Invariant;
import nimble.vm.Layer;
import nimble.vm.Layout;
import nimble.vm.ParameterTensor;
import nimble.vm.StageSpec;
import nimble.vm.trace.Rule.Heads;

/// Walks through a stage's layers, and back.
final class FormBuilder {
  private final StageSpec spec;
  private final float scale;
  private final int positions;
  private final List<TraceTensor> tensors = new ArrayList<>();
  private final int[] gradients;
  private int nextWeight;
  private String at = "";

  /// The way back: from an output's gradient to the input's.
  private Deque<IntUnaryOperator> pulls = new ArrayDeque<>();

  FormBuilder(StageSpec spec, float scale) {
    this.spec = spec;
    this.scale = scale;
    positions = spec.positions();
    List<ParameterTensor> weights = Layout.of(spec).tensors();
    weights.forEach(this::declare);
    gradients = new int[weights.size()];
  }

  TraceForm build(boolean trains) {
    int x = given("input", positions, spec.inWidth());
    int other = trains || spec.last() ? given("other", positions, otherWidth()) : Rule.NONE;
    int given = tensors.size();
    int y = layers(spec.layers(), x);
    int output = spec.last() ? loss(y, other) : y;
    int inputGradient = Rule.NONE;
    int gradient = Rule.NONE;
    if (trains) {
      inputGradient = back(spec.last() ? lossGradient(y, other) : other);
      List<Integer> parts = IntStream.of(gradients).boxed().toList();
      at = "weights";
      gradient = add("gradient", new Rule.Flat(parts), Layout.of(spec).count(), 1);
    }
    Invariant.check(nextWeight == gradients.length, "%d weights used", nextWeight);
    return new TraceForm(spec, trains, scale, tensors, given, output, inputGradient, gradient);
  }

  private void declare(ParameterTensor tensor) {
    boolean matrix = tensor.shape().size() > 1;
    int rows = matrix ? tensor.shape().getFirst() : 1;
    given(tensor.name(), rows, tensor.count() / rows);
  }

  private int otherWidth() {
    return spec.last() && spec.model().head().labelsAreIds() ? 1 : spec.outWidth();
  }

  private int layers(List<Layer> layers, int x) {
    String outer = at;
    int y = x;
    for (int i = 0; i < layers.size(); i++) {
      at = outer.isEmpty() ? Integer.toString(spec.firstLayer() + i) : outer + "." + i;
      y = layer(layers.get(i), y);
    }
    at = outer;
    return y;
  }

  private int layer(Layer layer, int x) {
    return switch (layer) {
      case Layer.Embedding embedding -> embedding(embedding, x);
      case Layer.LayerNorm norm -> norm(norm, x);
      case Layer.Linear linear -> linear(linear, x);
      case Layer.Activation(int width, var curve) -> curve(new Rule.Curved(x, curve), width);
      case Layer.CausalAttention attention -> attention(attention, x);
      case Layer.FeedForward(int width, int hidden, var curve, boolean bias) -> {
        int up = linear(new Layer.Linear(width, hidden, bias), x);
        int bent = curve(new Rule.Curved(up, curve), hidden);
        yield linear(new Layer.Linear(hidden, width, bias), bent);
      }
      case Layer.RmsNorm _,
          Layer.GroupedAttention _,
          Layer.GatedFeedForward _,
          Layer.Conv2d _,
          Layer.Pool _ ->
          throw new IllegalArgumentException("no form of " + layer);
      case Layer.Residual(var body) -> residual(body, x);
      case Layer.Head head -> linear(head.linear(), x);
    };
  }

  private int embedding(Layer.Embedding embedding, int ids) {
    int width = embedding.width();
    int token = nextWeight++;
    int position = embedding.positions() > 0 ? nextWeight++ : Rule.NONE;
    int context = spec.model().context();
    pull(dy -> {
      int transposed = transpose(dy);
      Rule tokens = new Rule.TokenGradient(ids, transposed);
      gradients[token] = add("token gradient", tokens, embedding.vocabulary(), width);
      if (position != Rule.NONE) {
        Rule places = new Rule.PlaceGradient(transposed, context);
        gradients[position] = add("place gradient", places, context, width);
      }
      return Rule.NONE;
    });
    return add("embed", new Rule.Embed(ids, token, position, context), positions, width);
  }

  private int norm(Layer.LayerNorm norm, int x) {
    int width = norm.width();
    int factor = nextWeight++;
    int shift = norm.bias() ? nextWeight++ : Rule.NONE;
    int mean = add("mean", new Rule.Mean(x), positions, 1);
    int inverse = add("inverse deviation", new Rule.InverseDeviation(x), positions, 1);
    pull(dy -> {
      int transposedX = transpose(x);
      int transposedDy = transpose(dy);
      Rule scales = new Rule.ScaleGradient(transposedX, transposedDy, mean, inverse);
      gradients[factor] = add("scale gradient", scales, 1, width);
      if (shift != Rule.NONE) {
        gradients[shift] = add("shift gradient", new Rule.RowSums(transposedDy), 1, width);
      }
      Rule back = new Rule.NormGradient(x, dy, mean, inverse, factor);
      return add("norm back", back, positions, width);
    });
    return add("norm", new Rule.Norm(x, mean, inverse, factor, shift), positions, width);
  }

  private int linear(Layer.Linear linear, int x) {
    int weight = nextWeight++;
    int bias = linear.bias() ? nextWeight++ : Rule.NONE;
    pull(dy -> {
      int transposedX = transpose(x);
      int transposedDy = transpose(dy);
      Rule product = new Rule.Product(transposedDy, transposedX, Rule.NONE);
      gradients[weight] = add("weight gradient", product, linear.out(), linear.in());
      if (bias != Rule.NONE) {
        gradients[bias] = add("bias gradient", new Rule.RowSums(transposedDy), 1, linear.out());
      }
      Rule back = new Rule.Product(dy, transpose(weight), Rule.NONE);
      return add("linear back", back, positions, linear.in());
    });
    return add("linear", new Rule.Product(x, weight, bias), positions, linear.out());
  }

  private int curve(Rule.Curved curved, int width) {
    pull(dy -> {
      Rule back = new Rule.CurveGradient(curved.x(), dy, curved.curve());
      return add("curve back", back, positions, width);
    });
    return add("curve", curved, positions, width);
  }

  private int attention(Layer.CausalAttention attention, int x) {
    int width = attention.width();
    int projected = linear(new Layer.Linear(width, 3 * width, attention.bias()), x);
    int context = spec.model().context();
    Heads shape = new Heads(spec.rows(), context, attention.heads(), attention.headWidth());
    int heads = byHeads(projected, 3, shape);
    pull(dy -> {
      Rule back = new Rule.AttendGradient(heads, byHeads(dy, 1, shape), shape);
      return add("attend back", back, positions, 3 * width);
    });
    int mixed = add("attend", new Rule.Attend(heads, shape), positions, width);
    return linear(new Layer.Linear(width, width, attention.bias()), mixed);
  }

  private int residual(List<Layer> body, int x) {
    Deque<IntUnaryOperator> outer = pulls;
    pulls = new ArrayDeque<>();
    int inner = layers(body, x);
    Deque<IntUnaryOperator> way = pulls;
    pulls = outer;
    int width = tensors.get(x).columns();
    pull(dy -> {
      Deque<IntUnaryOperator> rest = pulls;
      pulls = way;
      String place = at;
      int dx = back(dy);
      at = place;
      pulls = rest;
      return add("residual back", new Rule.Sum(dy, dx), positions, width);
    });
    return add("residual", new Rule.Sum(x, inner), positions, width);
  }

  private int loss(int y, int labels) {
    if (!spec.model().head().labelsAreIds()) {
      return add("loss", new Rule.SquaresLoss(y, labels), 1, 1);
    }
    int shares = add("log shares", new Rule.LogSoftmax(y), positions, spec.outWidth());
    int picked = add("picked", new Rule.Pick(shares, labels), positions, 1);
    return add("loss", new Rule.MeanLoss(picked, labels), 1, 1);
  }

  /// Right behind [#loss].
  private int lossGradient(int y, int labels) {
    int shares = tensors.size() - 3;
    Rule rule =
        spec.model().head().labelsAreIds()
            ? new Rule.ShareGradient(shares, labels, scale)
            : new Rule.SquaresGradient(y, labels, scale);
    return add("loss back", rule, positions, spec.outWidth());
  }

  private int back(int dy) {
    int gradient = dy;
    while (!pulls.isEmpty()) {
      gradient = pulls.pop().applyAsInt(gradient);
    }
    return gradient;
  }

  /// Remembers where in the model it belongs.
  private void pull(IntUnaryOperator pull) {
    String place = at;
    pulls.push(dy -> {
      at = place;
      return pull.applyAsInt(dy);
    });
  }

  private int transpose(int x) {
    TraceTensor tensor = tensors.get(x);
    return add("transposed", new Rule.Transpose(x), tensor.columns(), tensor.rows());
  }

  private int byHeads(int x, int parts, Heads shape) {
    int rows = parts * shape.rows() * shape.heads() * shape.context();
    return add("by heads", new Rule.ByHeads(x, parts, shape), rows, shape.width());
  }

  private int given(String name, int rows, int columns) {
    tensors.add(new TraceTensor(name, rows, columns, Optional.empty()));
    return tensors.size() - 1;
  }

  private int add(String name, Rule rule, int rows, int columns) {
    tensors.add(new TraceTensor(at + " " + name, rows, columns, Optional.of(rule)));
    return tensors.size() - 1;
  }
}
