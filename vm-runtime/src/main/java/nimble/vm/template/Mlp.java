package nimble.vm.template;

import java.util.ArrayList;
import java.util.List;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.Curve;
import nimble.vm.Layer;
import nimble.vm.LayerRules;
import nimble.vm.ModelSpec;

/// The template `mlp`: rows of numbers through `layers` hidden layers to classes, or, with
/// `classes` 0, to one number.
public record Mlp(int features, int layers, int width, int classes) {
  public static final int LAYERS_MAX = 64;

  public Mlp {
    Problems.none(problems(features, layers, width, classes));
  }

  /// What is wrong, in the template's own words.
  public static List<Problem> problems(int features, int layers, int width, int classes) {
    Problems problems = new Problems();
    problems.range("model.features", features, 1, LayerRules.WIDTH_MAX);
    problems.range("model.layers", layers, 1, LAYERS_MAX);
    problems.range("model.width", width, 1, LayerRules.WIDTH_MAX);
    problems.that(
        classes == 0 || (classes >= 2 && classes <= LayerRules.IDS_MAX),
        "model.classes",
        classes,
        "0 or between 2 and " + LayerRules.IDS_MAX);
    return problems.list();
  }

  public ModelSpec spec() {
    List<Layer> list = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      list.add(new Layer.Linear(i == 0 ? features : width, width, true));
      list.add(new Layer.Activation(width, Curve.RELU));
    }
    list.add(
        classes == 0
            ? new Layer.RegressionHead(width, 1)
            : new Layer.ClassifierHead(width, classes));
    return new ModelSpec(1, list);
  }
}
