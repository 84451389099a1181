package nimble.vm.gradient;

/// A committed gradient whose form is checked, to be read piece by piece: nobody needs all of its
/// numbers in memory. It has working memory of its own: one thread at a time.
@FunctionalInterface
public interface GradientReader {
  /// The most numbers of a piece.
  int PIECE = 2048;

  /// `length` numbers from `at` into the front of `target`.
  void read(int at, float[] target, int length);
}
