package nimble.vm.reference;

import nimble.codec.Malformed;
import nimble.vm.trace.Copies;
import nimble.vm.trace.Operands;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceTensor;

/// Judges single numbers of a trace from the operands that they depend on (B1 to B5).
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
      return copied(tensor, element) == claimed ? Finding.INSIDE : Finding.OUTSIDE;
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
      case Rule.Sum(int a, int b) -> sums().sum(a, b, element);
      case Rule.RowSums(int x) -> sums().rowSum(x, element);
      case Rule.TokenGradient rule -> sums().tokens(rule, row, column);
      case Rule.PlaceGradient rule -> sums().places(rule, row, column);
      case Rule.Mean(int x) -> norms().mean(x, row);
      case Rule.InverseDeviation(int x) -> norms().inverse(x, row);
      case Rule.Norm rule -> norms().norm(rule, row, column);
      case Rule.NormGradient rule -> norms().gradient(rule, row, column);
      case Rule.ScaleGradient rule -> norms().scale(rule, element);
      case Rule.Curved(int x, var curve) -> CurveBounds.value(curve, operands.number(x, element));
      case Rule.CurveGradient(int x, int dy, var curve) ->
          CurveBounds.slope(curve, operands.number(x, element), operands.number(dy, element));
      case Rule.Attend rule ->
          new AttentionBounds(rule.shape(), rule.heads(), operands).value(row, column);
      case Rule.AttendGradient rule ->
          new AttentionBounds(rule.shape(), rule.heads(), operands)
              .gradient(rule.dyHeads(), row, column);
      case Rule.LogSoftmax(int x) -> losses().logShare(x, row, column);
      case Rule.MeanLoss(int picked, int labels) -> losses().mean(picked, labels);
      case Rule.SquaresLoss(int y, int labels) -> losses().squares(y, labels);
      case Rule.ShareGradient rule -> losses().shares(rule, row, column);
      case Rule.SquaresGradient rule -> losses().slope(rule, element);
      case Rule.Copy _ -> Interval.exactly(Float.intBitsToFloat(copied(tensor, element)));
    };
  }

  private int copied(int tensor, int element) throws Malformed {
    return Copies.source(form, tensor, element, operands).bits(operands);
  }

  private SumBounds sums() {
    return new SumBounds(form, operands);
  }

  private NormBounds norms() {
    return new NormBounds(form, operands);
  }

  private LossBounds losses() {
    return new LossBounds(form, operands);
  }
}
