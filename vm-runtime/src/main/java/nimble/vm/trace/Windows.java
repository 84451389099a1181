package nimble.vm.trace;

import nimble.vm.Image;

/// Where windows of `kernel` by `kernel` lie in flat images, and which windows a number is in.
///
/// A number of an image is counted by its row and column in one channel, its place in a window
/// likewise.
///
/// @param image what one window reaches through
public record Windows(Image image, int kernel, int stride, int padding) {
  /// Numbers of one channel of an image.
  public int area() {
    return image.height() * image.width();
  }

  /// How many windows one image has.
  public int plane() {
    Image out = out();
    return out.height() * out.width();
  }

  /// Places in one channel of a window.
  public int places() {
    return kernel * kernel;
  }

  /// What window `window` of an image sees at `place` of a channel; [Rule#NONE] beyond the edges.
  public int seen(int window, int place) {
    int row = window / out().width() * stride + place / kernel - padding;
    int column = window % out().width() * stride + place % kernel - padding;
    boolean inside = row >= 0 && row < image.height() && column >= 0 && column < image.width();
    return inside ? row * image.width() + column : Rule.NONE;
  }

  /// The window that sees number `at` of an image at `place`; [Rule#NONE] when none does.
  public int window(int at, int place) {
    int row = at / image.width() + padding - place / kernel;
    int column = at % image.width() + padding - place % kernel;
    boolean begins = row >= 0 && column >= 0 && row % stride == 0 && column % stride == 0;
    boolean exists = row / stride < out().height() && column / stride < out().width();
    return begins && exists ? row / stride * out().width() + column / stride : Rule.NONE;
  }

  private Image out() {
    return image.windows(1, kernel, stride, padding);
  }
}
