package nimble.vm.trace;

import java.util.List;
import java.util.stream.IntStream;
import nimble.vm.Layer;
import nimble.vm.Precision;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;

/// The tensors of one micro-batch of a stage (O1).
///
/// @param trains with the way back; otherwise forwards only, as in a validation batch
/// @param scale what the loss is multiplied by, on the last stage
/// @param given how many of the tensors the pass is given
/// @param output the stage's output; on the last stage the loss
/// @param inputGradient [Rule#NONE] for token ids, and when nothing goes back
/// @param gradient of all weights, flat; [Rule#NONE] when nothing goes back
public record TraceForm(
    StageSpec spec,
    boolean trains,
    float scale,
    List<TraceTensor> tensors,
    int given,
    int output,
    int inputGradient,
    int gradient) {
  public TraceForm {
    tensors = List.copyOf(tensors);
  }

  /// Whether every operator of the stage has a form and a bound (O6). The others must not be asked
  /// for.
  public static boolean covers(StageSpec spec) {
    return spec.model().lora().isEmpty()
        && spec.model().precision() == Precision.FP32
        && spec.layers().stream().allMatch(TraceForm::covers);
  }

  private static boolean covers(Layer layer) {
    return switch (layer) {
      case Layer.Embedding _,
          Layer.LayerNorm _,
          Layer.Linear _,
          Layer.Activation _,
          Layer.CausalAttention _,
          Layer.FeedForward _,
          Layer.Head _ ->
          true;
      case Layer.RmsNorm _,
          Layer.GroupedAttention _,
          Layer.GatedFeedForward _,
          Layer.Conv2d _,
          Layer.Pool _ ->
          false;
      case Layer.Residual(var body) -> body.stream().allMatch(TraceForm::covers);
    };
  }

  /// @param scale what the loss is multiplied by, on the last stage
  public static TraceForm of(StageSpec spec, boolean trains, float scale) {
    return new FormBuilder(spec, scale).build(trains);
  }

  /// Of a micro-batch of a step, or of a validation batch.
  public static TraceForm of(StageSpec spec, TrainingSpec training, boolean trains) {
    return of(spec, trains, 1f / training.microBatches());
  }

  public TraceTensor tensor(int number) {
    return tensors.get(number);
  }

  /// Numbers of what machines compute, in order.
  public IntStream computed() {
    return IntStream.range(given, tensors.size()).filter(i -> tensors.get(i).computed());
  }

  /// Number of the stage's input: behind the weights.
  public int input() {
    return given - (takesOther() ? 2 : 1);
  }

  /// The output's gradient or the labels; [Rule#NONE] when there are none.
  public int other() {
    return takesOther() ? given - 1 : Rule.NONE;
  }

  private boolean takesOther() {
    return trains || spec.last();
  }
}
