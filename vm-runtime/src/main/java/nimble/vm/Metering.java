package nimble.vm;

import java.util.function.ToLongFunction;
import nimble.spec.Problems;

/// What a stage costs, as exact functions of its spec (M6): the same numbers drive plans, matching,
/// round length and pay.
///
/// @param forward operations of one micro-batch forward
/// @param backward operations of one micro-batch backward, and of what training leaves out
/// @param update operations of one optimizer step
/// @param parameters numbers in the stage's weights that are trained
/// @param baseBytes of the stage's part of the base in memory, if the model is on one
/// @param activationBytes what one micro-batch keeps between forward and backward
/// @param workBytes what is there while one layer computes, and no longer
/// @param inputBytes of one micro-batch
/// @param outputBytes of one micro-batch
public record Metering(
    long forward,
    long backward,
    long update,
    long parameters,
    long baseBytes,
    long activationBytes,
    long workBytes,
    long inputBytes,
    long outputBytes) {
  /// Operations of AdamW for one parameter, as [nimble.vm.training.ExactOptimizer] does them.
  public static final int UPDATE_OPERATIONS = 17;

  /// For one micro-batch of a whole model; leaves room for sums over micro-batches and stages.
  public static final long OPERATIONS_MAX = 1L << 52;

  public static Metering of(StageSpec stage) {
    long positions = stage.positions();
    long context = stage.model().context();
    long forward = sum(stage, layer -> Operations.forward(layer, positions, context));
    long backward = sum(stage, layer -> Operations.backward(layer, positions, context));
    long kept = sum(stage, layer -> Operations.kept(layer, positions, context));
    Metering metering =
        stage.model().lora().isPresent()
            ? LoraMetering.of(stage, forward, backward, kept)
            : plain(stage, forward, backward, kept);
    return Dropout.isIn(stage.model()) ? metering.dropping(Dropout.of(stage)) : metering;
  }

  private static Metering plain(StageSpec stage, long forward, long backward, long kept) {
    long parameters = sum(stage, Metering::parameters);
    return new Metering(
        forward,
        backward,
        Math.multiplyExact(parameters, UPDATE_OPERATIONS),
        parameters,
        0,
        Math.multiplyExact(kept, Float.BYTES),
        0,
        stage.inputBytes(),
        stage.outputBytes());
  }

  /// The factors are drawn, and kept until the gradient comes back.
  private Metering dropping(Dropout dropout) {
    long numbers = dropout.numbers();
    return new Metering(
        forward,
        Math.addExact(backward, Math.multiplyExact(numbers, Operations.DROPOUT)),
        update,
        parameters,
        baseBytes,
        Math.addExact(activationBytes, Math.multiplyExact(numbers, Float.BYTES)),
        workBytes,
        inputBytes,
        outputBytes);
  }

  /// Operations of one training step.
  public long step(int microBatches) {
    return Math.addExact(
        Math.multiplyExact(Math.addExact(forward, backward), microBatches), update);
  }

  /// Operations of an audit: the passes of one step and the updates of its round.
  public long audit(int microBatches, int roundSteps) {
    return Math.addExact(
        Math.multiplyExact(Math.addExact(forward, backward), microBatches),
        Math.multiplyExact(update, roundSteps));
  }

  /// Weights and both moments.
  public long stateBytes() {
    return 3L * Float.BYTES * parameters;
  }

  /// Numbers in the layer's own weights, adapters aside.
  public static long parameters(Layer layer) {
    return switch (layer) {
      case Layer.Embedding(int vocabulary, int positions, int width) ->
          ((long) vocabulary + positions) * width;
      case Layer.LayerNorm(int width, boolean bias) -> bias ? 2L * width : width;
      case Layer.RmsNorm(int width, float _) -> width;
      case Layer.Linear(int in, int out, boolean bias) -> (long) in * out + (bias ? out : 0);
      case Layer.Activation _, Layer.Pool _ -> 0;
      case Layer.CausalAttention(int width, int _, boolean bias) ->
          4L * width * width + (bias ? 4L * width : 0);
      case Layer.GroupedAttention a ->
          parameters(a.queries()) + 2 * parameters(a.shared()) + parameters(a.out());
      case Layer.GatedFeedForward f -> 2 * parameters(f.up()) + parameters(f.down());
      case Layer.Conv2d conv ->
          (long) conv.filters() * conv.patch() + (conv.bias() ? conv.filters() : 0);
      case Layer.FeedForward feedForward ->
          parameters(feedForward.up()) + parameters(feedForward.down());
      case Layer.Residual(var body) -> body.stream().mapToLong(Metering::parameters).sum();
      case Layer.Head head -> parameters(head.linear());
    };
  }

  /// Rows, edges and operations must stay within what counting and buffers can hold.
  static void check(ModelSpec model, int rows, Problems problems) {
    if (!problems.range("training.rows", rows, 1, StageSpec.ROWS_MAX)) {
      return;
    }
    long operations = Long.MAX_VALUE;
    try {
      Metering metering = of(model.whole(rows));
      operations = Math.addExact(metering.forward(), metering.backward());
      for (int i = 0; i < model.layers().size(); i++) {
        new StageSpec(model, i, i + 1, rows).outputBytes();
      }
    } catch (ArithmeticException e) {
      problems.that(false, "training.rows", rows, "less for a model of this size");
      return;
    }
    problems.range("model.operations", operations, 0, OPERATIONS_MAX);
  }

  private static long sum(StageSpec stage, ToLongFunction<Layer> count) {
    return stage.layers().stream().mapToLong(count).reduce(0, Math::addExact);
  }
}
