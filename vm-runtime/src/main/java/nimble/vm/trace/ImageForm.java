package nimble.vm.trace;

import nimble.vm.Image;
import nimble.vm.Layer;
import nimble.vm.Precision;

/// Layers of images: convolutions as products over what their windows see, pools as rows of it.
final class ImageForm {
  private final Draft draft;
  private final int positions;

  ImageForm(Draft draft, int positions) {
    this.draft = draft;
    this.positions = positions;
  }

  Way convolution(Layer.Conv2d conv, int x) {
    Image image = conv.image();
    int filters = conv.filters();
    Windows shape = new Windows(image, conv.kernel(), conv.stride(), conv.padding());
    int weight = draft.weight();
    int bias = draft.weight(conv.bias());
    int rows = positions * shape.plane();
    int patches = draft.copy("patches", new Rule.Patches(x, shape), rows, conv.patch());
    Rule product = product(patches, weight, bias, shape.plane());
    return new Way(
        draft.add("convolution", product, positions, conv.outWidth()),
        dy -> {
          int byFilter = planes(dy, shape.plane(), filters, rows);
          draft.gradient(
              weight,
              "kernel gradient",
              () -> product(byFilter, draft.transpose(patches), Rule.NONE, 1));
          draft.gradient(bias, "bias gradient", () -> new Rule.RowSums(byFilter, Precision.FP32));
          int seen = filters * shape.places();
          int folded = folded(dy, filters, positions, shape);
          int byChannel = planes(weight, shape.places(), image.channels(), seen);
          Rule back = product(folded, byChannel, Rule.NONE, shape.area());
          return draft.add("convolution back", back, positions, conv.inWidth());
        });
  }

  private static Rule product(int x, int w, int bias, int plane) {
    return new Rule.Product(x, w, bias, plane, Precision.FP32);
  }

  private int planes(int x, int plane, int rows, int columns) {
    return draft.copy("by channel", new Rule.Transpose(x, plane), rows, columns);
  }

  private int folded(int dy, int channels, int images, Windows shape) {
    Rule.Copy rule = new Rule.Folded(dy, channels, shape);
    return draft.copy("folded", rule, images * shape.area(), channels * shape.places());
  }

  /// Each channel is an image by itself.
  Way pool(Layer.Pool pool, int x) {
    Image image = pool.image();
    int images = positions * image.channels();
    Image plane = new Image(1, image.height(), image.width());
    Windows shape = new Windows(plane, pool.kernel(), pool.stride(), 0);
    Rule.Copy seen = new Rule.Patches(x, shape);
    int windows = draft.copy("windows", seen, images * shape.plane(), shape.places());
    return switch (pool.kind()) {
      case MAX ->
          new Way(
              draft.add("largest", new Rule.Largest(windows), positions, pool.outWidth()),
              dy -> {
                Rule back = new Rule.LargestGradient(windows, dy, shape);
                return draft.add("largest back", back, positions, pool.inWidth());
              });
      case MEAN ->
          new Way(
              draft.add("mean", new Rule.Mean(windows), positions, pool.outWidth()),
              dy -> {
                Rule back = new Rule.Mean(folded(dy, 1, images, shape));
                return draft.add("mean back", back, positions, pool.inWidth());
              });
    };
  }
}
