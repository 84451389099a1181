package nimble.vm;

/// The shape of an image in a vector: channel by channel, row by row.
public record Image(int channels, int height, int width) {
  public int count() {
    return Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  /// What windows of `kernel` by `kernel` give, that begin `stride` apart.
  public Image windows(int filters, int kernel, int stride, int padding) {
    return new Image(
        filters, places(height, kernel, stride, padding), places(width, kernel, stride, padding));
  }

  private static int places(int length, int kernel, int stride, int padding) {
    int room = length + 2 * padding - kernel;
    return room < 0 ? 0 : room / stride + 1;
  }
}
