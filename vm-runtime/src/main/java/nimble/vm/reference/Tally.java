package nimble.vm.reference;

/// Counts operations as they run (R3).
final class Tally {
  private long operations;

  void multiplied(long rows, long inner, long columns) {
    operations += 2 * rows * inner * columns;
  }

  void elements(long count, long each) {
    operations += count * each;
  }

  /// Since the last call.
  long take() {
    long taken = operations;
    operations = 0;
    return taken;
  }
}
