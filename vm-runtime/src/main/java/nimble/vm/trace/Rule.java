package nimble.vm.trace;

import java.util.List;
import nimble.vm.Curve;
import nimble.vm.Precision;
import nimble.vm.Rotary;

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

  /// `1 / √(mean(x²) + ε)` of each row.
  record InverseSize(int x, float epsilon) implements Rule {}

  /// `(x − mean) · inverse · scale + shift`.
  ///
  /// @param mean [#NONE] where nothing is taken off: behind [InverseSize]
  record Norm(int x, int mean, int inverse, int scale, int shift) implements Rule {}

  /// `x · wᵀ + bias`: linear layers, convolutions, and both gradients of either, by copies of the
  /// operands. Number `c` of row `n` is that of `x[n · plane + c mod plane]` and `w[c / plane]`.
  ///
  /// @param plane how many rows of `x` make one of the output, channel by channel; 1 but for images
  /// @param precision to which the result is rounded
  record Product(int x, int w, int bias, int plane, Precision precision) implements Rule {}

  record Curved(int x, Curve curve) implements Rule {}

  /// Element by element.
  record Times(int a, int b) implements Rule {}

  record Scaled(int x, float factor) implements Rule {}

  /// Each head's vector turned by its place, or back.
  record Turn(int x, Rotary rotary, int context, int headWidth, boolean back) implements Rule {}

  /// Causal attention, from queries, keys and values by heads to heads side by side.
  record Attend(int queries, int keys, int values, Heads shape) implements Rule {}

  record Sum(List<Integer> parts) implements Rule {
    public Sum {
      parts = List.copyOf(parts);
    }
  }

  /// The largest number of each row, of equals the first.
  record Largest(int windows) implements Rule {}

  record LogSoftmax(int x) implements Rule {}

  /// Minus the sum by the number of labels.
  record MeanLoss(int picked, int labels) implements Rule {}

  /// The mean of squared differences.
  record SquaresLoss(int y, int labels) implements Rule {}

  /// `(e^logShare − [label]) · scale / labels`; zeros where there is no label.
  record ShareGradient(int logShares, int labels, float scale) implements Rule {}

  /// `2 (y − label) · scale / count`.
  record SquaresGradient(int y, int labels, float scale) implements Rule {}

  /// Sums of rows, rounded to the precision.
  record RowSums(int x, Precision precision) implements Rule {}

  /// The input's gradient of [Norm].
  record NormGradient(int x, int dy, int mean, int inverse, int scale) implements Rule {}

  /// `Σ dyᵀ · (xᵀ − mean) · inverse` of each row.
  record ScaleGradient(int transposedX, int transposedDy, int mean, int inverse) implements Rule {}

  record CurveGradient(int x, int dy, Curve curve) implements Rule {}

  /// Of queries, keys and values side by side the columns from `first` on.
  record AttendGradient(Attend of, int dyHeads, int first) implements Rule {}

  /// For each number of an image the sum over the windows in which it is the largest.
  record LargestGradient(int windows, int dy, Windows shape) implements Rule {}

  /// For each id the sum of the rows that it stands in.
  record TokenGradient(int ids, int transposedDy) implements Rule {}

  /// For each place the sum over the rows of the batch.
  record PlaceGradient(int transposedDy, int context) implements Rule {}

  /// Every number is one of another tensor, or zero, perhaps rounded; or follows from the
  /// micro-batch.
  sealed interface Copy extends Rule {}

  /// Of rows × columns runs of `plane` numbers columns × rows of them.
  record Transpose(int x, int plane) implements Copy {}

  /// From heads side by side, the first at column `first`, to row, head, place, number.
  record ByHeads(int x, int first, int heads, Heads shape) implements Copy {}

  /// What each window sees, a row a window; beyond the edges zeros.
  record Patches(int x, Windows shape) implements Copy {}

  /// The reverse: for each number of an image, channel by channel of the output's gradient, those
  /// of the windows that it is in, by its place there; zeros where there is none.
  record Folded(int dy, int channels, Windows shape) implements Copy {}

  /// To bfloat16.
  record Narrow(int x) implements Copy {}

  /// Of each row the number that the label names; zero where there is no label.
  record Pick(int x, int labels) implements Copy {}

  /// What the numbers at a site of [nimble.vm.Dropout] are multiplied by.
  record Drawn(int site) implements Copy {}

  /// One tensor behind the other.
  record Flat(List<Integer> parts) implements Copy {
    public Flat {
      parts = List.copyOf(parts);
    }
  }

  /// The shape of attention.
  ///
  /// @param rows of the batch
  /// @param heads of queries
  /// @param shared heads of keys and values; groups of queries use one
  record Heads(int rows, int context, int heads, int shared, int width) {
    /// Of the number `d` of a head's vector among `all` heads, in the order of [ByHeads].
    public int at(int all, int row, int head, int place, int d) {
      return ((row * all + head) * context + place) * width + d;
    }

    /// Numbers of all queries of one position.
    public int mixedWidth() {
      return heads * width;
    }

    /// Numbers of all keys of one position.
    public int sharedWidth() {
      return shared * width;
    }

    /// How many heads of queries use one of keys.
    public int group() {
      return heads / shared;
    }
  }
}
