package nimble.vm.trace;

import java.util.ArrayList;
import java.util.List;
import nimble.vm.Curve;
import nimble.vm.Draw;
import nimble.vm.Layer;
import nimble.vm.Layout;
import nimble.vm.Lora;
import nimble.vm.Precision;
import nimble.vm.StageSpec;
import nimble.vm.trace.Rule.Heads;

/// Walks through a stage's layers, and back.
final class FormBuilder {
  private static final int PARTS = 3;

  private final StageSpec spec;
  private final boolean trains;
  private final float scale;
  private final int positions;
  private final int context;
  private final Precision precision;
  private final Draft draft;
  private int nextSite;

  FormBuilder(StageSpec spec, boolean trains, float scale) {
    this.spec = spec;
    this.trains = trains;
    this.scale = scale;
    positions = spec.positions();
    context = spec.model().context();
    precision = spec.model().precision();
    draft = new Draft(spec);
  }

  TraceForm build() {
    int x = draft.given("input", positions, spec.inWidth());
    boolean takesOther = trains || spec.last();
    int other = takesOther ? draft.given("other", positions, otherWidth()) : Rule.NONE;
    int given = draft.count();
    Way way = layers(spec.layers(), x, spec.firstLayer());
    int output = spec.last() ? loss(way.y(), other) : way.y();
    int inputGradient = Rule.NONE;
    int gradient = Rule.NONE;
    if (trains) {
      inputGradient = way.back(spec.last() ? lossGradient(way.y(), other) : other);
      int count = Layout.of(spec).count();
      gradient = draft.within("weights", () -> draft.flat(count));
    }
    List<TraceTensor> tensors = draft.tensors();
    return new TraceForm(
        spec, trains, Draw.NONE, scale, tensors, given, output, inputGradient, gradient);
  }

  private int otherWidth() {
    return spec.last() && spec.model().head().labelsAreIds() ? 1 : spec.outWidth();
  }

  /// @param first number of the first one
  private Way layers(List<Layer> layers, int x, int first) {
    Way all = new Way(x, dy -> dy);
    for (int i = 0; i < layers.size(); i++) {
      String place = draft.inner(first + i);
      Layer layer = layers.get(i);
      int y = all.y();
      Way next = draft.within(place, () -> layer(layer, y));
      all = all.then(new Way(next.y(), dy -> draft.within(place, () -> next.back(dy))));
    }
    return all;
  }

  private Way layer(Layer layer, int x) {
    return switch (layer) {
      case Layer.Embedding embedding -> dropped(drops(), embedding(embedding, x));
      case Layer.LayerNorm norm -> {
        int factor = draft.weight();
        int shift = draft.weight(norm.bias());
        int mean = draft.add("mean", new Rule.Mean(x), positions, 1);
        int inverse = draft.add("inverse deviation", new Rule.InverseDeviation(x), positions, 1);
        yield norm(new Rule.Norm(x, mean, inverse, factor, shift), norm.width());
      }
      case Layer.RmsNorm(int width, float epsilon) -> {
        int factor = draft.weight();
        Rule size = new Rule.InverseSize(x, epsilon);
        int inverse = draft.add("inverse size", size, positions, 1);
        yield norm(new Rule.Norm(x, Rule.NONE, inverse, factor, Rule.NONE), width);
      }
      case Layer.Linear linear -> linear(linear, x);
      case Layer.Activation(int width, var curve) -> dropped(drops(), curve(curve, width, x));
      case Layer.CausalAttention attention -> attention(attention, x);
      case Layer.GroupedAttention grouped -> grouped(grouped, x);
      case Layer.FeedForward(int width, int hidden, var curve, boolean bias) -> {
        Way up = linear(new Layer.Linear(width, hidden, bias), x);
        Way bent = curve(curve, hidden, up.y());
        yield up.then(bent).then(linear(new Layer.Linear(hidden, width, bias), bent.y()));
      }
      case Layer.GatedFeedForward gated -> gated(gated, x);
      case Layer.Conv2d conv -> new ImageForm(draft, positions).convolution(conv, x);
      case Layer.Pool pool -> new ImageForm(draft, positions).pool(pool, x);
      case Layer.Residual(var body) -> {
        Way inner = dropped(drops(), layers(body, x, 0));
        int width = draft.columns(x);
        yield new Way(
            sum("residual", List.of(x, inner.y()), width),
            dy -> sum("residual back", List.of(dy, inner.back(dy)), width));
      }
      case Layer.Head head -> linear(head.linear(), x);
    };
  }

  private Way embedding(Layer.Embedding embedding, int ids) {
    int token = draft.weight();
    int position = draft.weight(embedding.positions() > 0);
    Rule rule = new Rule.Embed(ids, token, position, context);
    return new Way(
        draft.add("embed", rule, positions, embedding.width()),
        dy -> {
          draft.gradient(
              token, "token gradient", () -> new Rule.TokenGradient(ids, draft.transpose(dy)));
          draft.gradient(
              position,
              "place gradient",
              () -> new Rule.PlaceGradient(draft.transpose(dy), context));
          return Rule.NONE;
        });
  }

  private Way norm(Rule.Norm norm, int width) {
    int x = norm.x();
    return new Way(
        draft.add("norm", norm, positions, width),
        dy -> {
          draft.gradient(
              norm.scale(),
              "scale gradient",
              () ->
                  new Rule.ScaleGradient(
                      draft.transpose(x), draft.transpose(dy), norm.mean(), norm.inverse()));
          draft.gradient(
              norm.shift(),
              "shift gradient",
              () -> new Rule.RowSums(draft.transpose(dy), Precision.FP32));
          Rule back = new Rule.NormGradient(x, dy, norm.mean(), norm.inverse(), norm.scale());
          return draft.add("norm back", back, positions, width);
        });
  }

  /// With its adapter, where it has one.
  private Way linear(Layer.Linear linear, int x) {
    Way plain = product(linear, x);
    if (!draft.adapterIsNext()) {
      return plain;
    }
    Lora adapters = spec.model().lora().orElseThrow();
    int rank = adapters.rank();
    Way taken = dropped(adapters.dropout() > 0, new Way(x, dy -> dy));
    Way down = taken.then(product(new Layer.Linear(linear.in(), rank, false), taken.y()));
    Way scaled = scaled(adapters.scale(), down.y(), rank);
    Way up = product(new Layer.Linear(rank, linear.out(), false), scaled.y());
    List<Way> both = List.of(plain, down.then(scaled).then(up));
    return new Way(
        sum("adapted", List.of(plain.y(), up.y()), linear.out()),
        dy -> sum("adapted back", Way.back(both, List.of(dy, dy)), linear.in()));
  }

  private boolean drops() {
    return spec.model().dropout() > 0;
  }

  /// Less what training leaves out at the next site (O8), where there is one.
  private Way dropped(boolean here, Way way) {
    if (!trains || !here) {
      return way;
    }
    int width = draft.columns(way.y());
    int factors = draft.copy("left out", new Rule.Drawn(nextSite++), positions, width);
    return way.then(
        new Way(
            times("dropped", way.y(), factors, width),
            dy -> times("dropped back", dy, factors, width)));
  }

  private Way product(Layer.Linear linear, int given) {
    int weight = draft.weight();
    int bias = draft.weight(linear.bias());
    int x = narrow(given);
    int w = narrow(weight);
    int shift = bias == Rule.NONE ? bias : narrow(bias);
    Rule product = new Rule.Product(x, w, shift, 1, precision);
    return new Way(
        draft.add("linear", product, positions, linear.out()),
        gradient -> {
          int dy = narrow(gradient);
          draft.gradient(
              weight, "weight gradient", () -> matrix(draft.transpose(dy), draft.transpose(x)));
          draft.gradient(
              bias, "bias gradient", () -> new Rule.RowSums(draft.transpose(dy), precision));
          Rule back = matrix(dy, draft.transpose(w));
          return draft.add("linear back", back, positions, linear.in());
        });
  }

  private Rule matrix(int x, int w) {
    return new Rule.Product(x, w, Rule.NONE, 1, precision);
  }

  private int narrow(int x) {
    TraceTensor shape = draft.tensors().get(x);
    return precision == Precision.FP32
        ? x
        : draft.copy("narrow", new Rule.Narrow(x), shape.rows(), shape.columns());
  }

  private Way scaled(float factor, int x, int width) {
    return new Way(
        draft.add("scaled", new Rule.Scaled(x, factor), positions, width),
        dy -> draft.add("scaled back", new Rule.Scaled(dy, factor), positions, width));
  }

  private Way curve(Curve curve, int width, int x) {
    return new Way(
        draft.add("curve", new Rule.Curved(x, curve), positions, width),
        dy -> draft.add("curve back", new Rule.CurveGradient(x, dy, curve), positions, width));
  }

  private Way gated(Layer.GatedFeedForward gated, int x) {
    int hidden = gated.hidden();
    Way gate = linear(gated.up(), x);
    Way bent = curve(gated.curve(), hidden, gate.y());
    Way up = linear(gated.up(), x);
    List<Way> both = List.of(gate.then(bent), up);
    int product = times("gated", bent.y(), up.y(), hidden);
    Way through =
        new Way(
            product,
            dy -> {
              int ofGate = times("gate back", dy, up.y(), hidden);
              int ofUp = times("up back", dy, bent.y(), hidden);
              List<Integer> parts = Way.back(both, List.of(ofGate, ofUp));
              return sum("gated back", parts, gated.width());
            });
    return through.then(linear(gated.down(), product));
  }

  private int times(String name, int a, int b, int width) {
    return draft.add(name, new Rule.Times(a, b), positions, width);
  }

  private Way attention(Layer.CausalAttention attention, int x) {
    int width = attention.width();
    int heads = attention.heads();
    Way projection = linear(new Layer.Linear(width, PARTS * width, attention.bias()), x);
    int y = projection.y();
    Heads shape = new Heads(spec.rows(), context, heads, heads, attention.headWidth());
    Rule.Attend rule =
        new Rule.Attend(
            byHeads(y, 0, heads, shape),
            byHeads(y, width, heads, shape),
            byHeads(y, 2 * width, heads, shape),
            shape);
    Way attend =
        new Way(
            draft.add("attend", rule, positions, width),
            dy -> attended(rule, byHeads(dy, 0, heads, shape), 0, PARTS * width));
    Way out = linear(new Layer.Linear(width, width, attention.bias()), attend.y());
    return projection.then(attend).then(out);
  }

  private Way grouped(Layer.GroupedAttention grouped, int x) {
    int mixed = grouped.mixedWidth();
    int shared = grouped.sharedWidth();
    int heads = grouped.heads();
    Way queries = turned(linear(grouped.queries(), x), grouped);
    Way keys = turned(linear(grouped.shared(), x), grouped);
    Way values = linear(grouped.shared(), x);
    Heads shape = new Heads(spec.rows(), context, heads, grouped.kvHeads(), grouped.headWidth());
    Rule.Attend rule =
        new Rule.Attend(
            byHeads(queries.y(), 0, heads, shape),
            byHeads(keys.y(), 0, grouped.kvHeads(), shape),
            byHeads(values.y(), 0, grouped.kvHeads(), shape),
            shape);
    int attend = draft.add("attend", rule, positions, mixed);
    List<Way> parts = List.of(queries, keys, values);
    Way through =
        new Way(
            attend,
            dy -> {
              int rows = byHeads(dy, 0, heads, shape);
              List<Integer> gradients = new ArrayList<>();
              gradients.add(attended(rule, rows, 0, mixed));
              gradients.add(attended(rule, rows, mixed, shared));
              gradients.add(attended(rule, rows, mixed + shared, shared));
              return sum("grouped back", Way.back(parts, gradients), grouped.width());
            });
    return through.then(linear(grouped.out(), attend));
  }

  /// By the place of each position.
  private Way turned(Way projection, Layer.GroupedAttention grouped) {
    if (grouped.rotary().isEmpty()) {
      return projection;
    }
    int x = projection.y();
    return projection.then(
        new Way(turn("turn", x, grouped, false), dy -> turn("turn back", dy, grouped, true)));
  }

  private int turn(String name, int x, Layer.GroupedAttention grouped, boolean back) {
    Rule rule =
        new Rule.Turn(x, grouped.rotary().orElseThrow(), context, grouped.headWidth(), back);
    return draft.add(name, rule, positions, draft.columns(x));
  }

  private int attended(Rule.Attend rule, int dyHeads, int first, int width) {
    return draft.add(
        "attend back", new Rule.AttendGradient(rule, dyHeads, first), positions, width);
  }

  private int byHeads(int x, int first, int heads, Heads shape) {
    int rows = spec.rows() * heads * context;
    return draft.copy("by heads", new Rule.ByHeads(x, first, heads, shape), rows, shape.width());
  }

  private int sum(String name, List<Integer> parts, int width) {
    return draft.add(name, new Rule.Sum(parts), positions, width);
  }

  private int loss(int y, int labels) {
    if (!spec.model().head().labelsAreIds()) {
      return draft.add("loss", new Rule.SquaresLoss(y, labels), 1, 1);
    }
    int shares = draft.add("log shares", new Rule.LogSoftmax(y), positions, spec.outWidth());
    int picked = draft.copy("picked", new Rule.Pick(shares, labels), positions, 1);
    return draft.add("loss", new Rule.MeanLoss(picked, labels), 1, 1);
  }

  /// Right behind [#loss].
  private int lossGradient(int y, int labels) {
    int shares = draft.count() - 3;
    Rule rule =
        spec.model().head().labelsAreIds()
            ? new Rule.ShareGradient(shares, labels, scale)
            : new Rule.SquaresGradient(y, labels, scale);
    return draft.add("loss back", rule, positions, spec.outWidth());
  }
}
