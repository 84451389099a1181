package nimble.vm.reference;

import nimble.codec.Malformed;
import nimble.vm.trace.Copies;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceTensor;

/// Judges single numbers of a trace from the operands that they depend on (B1 to B9).
public final class Referee {
  /// What a claim is.
  public enum Finding {
    /// Some honest kernel may have given it.
    INSIDE,
    /// None can have.
    OUTSIDE
  }

  private final TraceForm form;
  private final Operands operands;

  /// @param operands what is opened; a read of anything else ends the judging
  public Referee(TraceForm form, Operands operands) {
    this.form = form;
    this.operands = operands;
  }

  /// @param claimed the four bytes of the number, as fp32
  /// @throws Malformed when an operand is not opened, or an id is none
  public Finding judge(int tensor, int element, int claimed) throws Malformed {
    if (form.tensor(tensor).rule().orElseThrow() instanceof Rule.Copy) {
      int copied = Copies.bits(form, tensor, element, operands);
      return copied == claimed ? Finding.INSIDE : Finding.OUTSIDE;
    }
    return interval(tensor, element).holds(Float.intBitsToFloat(claimed))
        ? Finding.INSIDE
        : Finding.OUTSIDE;
  }

  /// Where a number that a machine computed lies when it is honest.
  public Interval interval(int tensor, int element) throws Malformed {
    TraceTensor shape = form.tensor(tensor);
    int row = element / shape.columns();
    int column = element % shape.columns();
    return switch (shape.rule().orElseThrow()) {
      case Rule.Embed rule -> sums().embed(rule, row, column);
      case Rule.Product rule -> sums().product(rule, row, column);
      case Rule.Sum(var parts) -> sums().sum(parts, element);
      case Rule.Times(int a, int b) ->
          sums().times(operands.number(a, element), operands.number(b, element));
      case Rule.Scaled(int x, float factor) -> sums().times(operands.number(x, element), factor);
      case Rule.Turn rule -> sums().turn(rule, row, column);
      case Rule.RowSums rule -> sums().rowSum(rule, element);
      case Rule.TokenGradient rule -> sums().tokens(rule, row, column);
      case Rule.PlaceGradient rule -> sums().places(rule, row, column);
      case Rule.Mean(int x) -> norms().mean(x, element);
      case Rule.InverseDeviation(int x) -> norms().inverse(x, row);
      case Rule.InverseSize(int x, float epsilon) -> norms().inverseSize(x, row, epsilon);
      case Rule.Norm rule -> norms().norm(rule, row, column);
      case Rule.NormGradient rule -> norms().gradient(rule, row, column);
      case Rule.ScaleGradient rule -> norms().scale(rule, element);
      case Rule.Curved(int x, var curve) -> CurveBounds.value(curve, operands.number(x, element));
      case Rule.CurveGradient(int x, int dy, var curve) ->
          CurveBounds.slope(curve, operands.number(x, element), operands.number(dy, element));
      case Rule.Largest(int windows) -> windows().largest(windows, element);
      case Rule.LargestGradient rule -> windows().gradient(rule, element);
      case Rule.Attend rule -> new AttentionBounds(rule, operands).value(row, column);
      case Rule.AttendGradient(var of, int dyHeads, int first) ->
          new AttentionBounds(of, operands).gradient(dyHeads, row, first + column);
      case Rule.LogSoftmax(int x) -> losses().logShare(x, row, column);
      case Rule.MeanLoss(int picked, int labels) -> losses().mean(picked, labels);
      case Rule.SquaresLoss(int y, int labels) -> losses().squares(y, labels);
      case Rule.ShareGradient rule -> losses().shares(rule, row, column);
      case Rule.SquaresGradient rule -> losses().slope(rule, element);
      case Rule.Copy _ -> {
        int copied = Copies.bits(form, tensor, element, operands);
        yield Interval.exactly(Float.intBitsToFloat(copied));
      }
    };
  }

  private SumBounds sums() {
    return new SumBounds(form, operands);
  }

  private NormBounds norms() {
    return new NormBounds(form, operands);
  }

  private WindowBounds windows() {
    return new WindowBounds(form, operands);
  }

  private LossBounds losses() {
    return new LossBounds(form, operands);
  }
}
