package nimble.vm.template;

import java.util.ArrayList;
import java.util.List;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.Curve;
import nimble.vm.Image;
import nimble.vm.Layer;
import nimble.vm.LayerRules;
import nimble.vm.ModelSpec;

/// The template `cnn`: convolutions of 3 by 3, each followed by a pool that halves the image and
/// twice as many filters as before it, to classes.
///
/// @param filters of the first convolution
public record Cnn(Image image, int layers, int filters, int classes) {
  public static final int LAYERS_MAX = 8;

  private static final int KERNEL = 3;
  private static final int HALF = 2;

  /// What is wrong, in the template's own words.
  public List<Problem> problems() {
    Problems problems = new Problems();
    problems.range("model.layers", layers, 1, LAYERS_MAX);
    problems.range("model.filters", filters, 1, LayerRules.WIDTH_MAX >> LAYERS_MAX);
    problems.range("data.classes", classes, 2, LayerRules.IDS_MAX);
    int least = 1 << Math.clamp(layers, 1, LAYERS_MAX);
    problems.that(
        image.channels() == 1 || image.channels() == 3,
        "data.channels",
        image.channels(),
        "1 for grey or 3 for colours");
    problems.range("data.height", image.height(), least, LayerRules.SIDE_MAX);
    problems.range("data.width", image.width(), least, LayerRules.SIDE_MAX);
    if (problems.list().isEmpty()) {
      problems.range(
          "model.filters",
          (long) filters * image.height() * image.width(),
          1,
          LayerRules.HIDDEN_MAX);
    }
    return problems.list();
  }

  public ModelSpec spec() {
    Problems.none(problems());
    List<Layer> list = new ArrayList<>();
    Image seen = image;
    for (int i = 0; i < layers; i++) {
      Layer.Conv2d conv = new Layer.Conv2d(seen, filters << i, KERNEL, 1, 1, true);
      Layer.Pool pool = new Layer.Pool(conv.out(), Layer.Pool.Kind.MAX, HALF, HALF);
      list.add(conv);
      list.add(new Layer.Activation(conv.outWidth(), Curve.RELU));
      list.add(pool);
      seen = pool.out();
    }
    list.add(new Layer.ClassifierHead(seen.count(), classes));
    return new ModelSpec(1, list);
  }
}
