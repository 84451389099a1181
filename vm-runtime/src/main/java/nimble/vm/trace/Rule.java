package nimble.vm.trace;

import java.util.List;
import nimble.vm.Curve;

/// What an operator does. Operands are tensors' numbers, [#NONE] where there is none; `n` is a
/// position (row of a batch and place in it), `·ᵀ` a transposed copy.
public sealed interface Rule {
  int NONE = -1;

  /// `token[id[n]] + position[n mod context]`.
  record Embed(int ids, int token, int position, int context) implements Rule {}

  /// Of each row.
  record Mean(int x) implements Rule {}

  /// `1 / √(variance + 10⁻⁵)` of each row.
  record InverseDeviation(int x) implements Rule {}

  /// `(x − mean) · inverse · scale + shift`.
  record Norm(int x, int mean, int inverse, int scale, int shift) implements Rule {}

  /// `x · wᵀ + bias`: linear layers, and both gradients of a product, by transposed copies.
  record Product(int x, int w, int bias) implements Rule {}

  record Curved(int x, Curve curve) implements Rule {}

  /// Causal attention; from queries, keys and values by heads to heads side by side.
  record Attend(int heads, Heads shape) implements Rule {}

  record Sum(int a, int b) implements Rule {}

  record LogSoftmax(int x) implements Rule {}

  /// Minus the sum by the number of labels.
  record MeanLoss(int picked, int labels) implements Rule {}

  /// The mean of squared differences.
  record SquaresLoss(int y, int labels) implements Rule {}

  /// `(e^logShare − [label]) · scale / labels`; zeros where there is no label.
  record ShareGradient(int logShares, int labels, float scale) implements Rule {}

  /// `2 (y − label) · scale / count`.
  record SquaresGradient(int y, int labels, float scale) implements Rule {}

  /// Sums of rows.
  record RowSums(int x) implements Rule {}

  /// The input's gradient of [Norm].
  record NormGradient(int x, int dy, int mean, int inverse, int scale) implements Rule {}

  /// `Σ dyᵀ · (xᵀ − mean) · inverse` of each row.
  record ScaleGradient(int transposedX, int transposedDy, int mean, int inverse) implements Rule {}

  record CurveGradient(int x, int dy, Curve curve) implements Rule {}

  /// The projection's gradient, queries, keys and values side by side.
  record AttendGradient(int heads, int dyHeads, Heads shape) implements Rule {}

  /// For each id the sum of the rows that it stands in.
  record TokenGradient(int ids, int transposedDy) implements Rule {}

  /// For each place the sum over the rows of the batch.
  record PlaceGradient(int transposedDy, int context) implements Rule {}

  /// Every number is one of another tensor.
  sealed interface Copy extends Rule {}

  record Transpose(int x) implements Copy {}

  /// From `parts` tensors of heads side by side to part, row, head, place, number.
  record ByHeads(int x, int parts, Heads shape) implements Copy {}

  /// Of each row the number that the label names; zero where there is no label.
  record Pick(int x, int labels) implements Copy {}

  /// One tensor behind the other.
  record Flat(List<Integer> parts) implements Copy {
    public Flat {
      parts = List.copyOf(parts);
    }
  }

  /// The shape of attention.
  ///
  /// @param rows of the batch
  record Heads(int rows, int context, int heads, int width) {
    /// Of the number `d` of a head's vector, in the order of [ByHeads].
    public int at(int part, int row, int head, int place, int d) {
      return (((part * rows + row) * heads + head) * context + place) * width + d;
    }

    /// Numbers of all heads of one position.
    public int all() {
      return heads * width;
    }
  }
}
