package nimble.vm.trace;

import java.util.List;
import java.util.stream.IntStream;
import nimble.vm.Draw;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;

/// The tensors of one micro-batch of a stage (O1).
///
/// @param trains with the way back; otherwise forwards only, as in a validation batch
/// @param draw of the micro-batch, where training leaves something out
/// @param scale what the loss is multiplied by, on the last stage
/// @param given how many of the tensors the pass is given
/// @param output the stage's output; on the last stage the loss
/// @param inputGradient [Rule#NONE] for token ids, and when nothing goes back
/// @param gradient of all weights, flat; [Rule#NONE] when nothing goes back
public record TraceForm(
    StageSpec spec,
    boolean trains,
    Draw draw,
    float scale,
    List<TraceTensor> tensors,
    int given,
    int output,
    int inputGradient,
    int gradient) {
  public TraceForm {
    tensors = List.copyOf(tensors);
  }

  /// Of no micro-batch in particular: nothing is left out.
  ///
  /// @param scale what the loss is multiplied by, on the last stage
  public static TraceForm of(StageSpec spec, boolean trains, float scale) {
    return new FormBuilder(spec, trains, scale).build();
  }

  /// The same of a micro-batch.
  public TraceForm of(Draw other) {
    return new TraceForm(
        spec, trains, other, scale, tensors, given, output, inputGradient, gradient);
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
