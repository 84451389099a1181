package nimble.vm.template;

import java.util.ArrayList;
import java.util.List;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.Curve;
import nimble.vm.Layer;
import nimble.vm.LayerRules;
import nimble.vm.ModelSpec;

/// The template `gpt`: GPT-2's shape with untied input and output embeddings.
///
/// Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.
public record Gpt(int vocabulary, int context, int layers, int heads, int width, boolean bias) {
  public static final int LAYERS_MAX = 127;

  private static final int HIDDEN_FACTOR = 4;

  public Gpt {
    Problems.none(problems(vocabulary, context, layers, heads, width));
  }

  /// What is wrong, in the template's own words.
  public static List<Problem> problems(
      int vocabulary, int context, int layers, int heads, int width) {
    Problems problems = new Problems();
    problems.range("model.vocabulary", vocabulary, 2, LayerRules.IDS_MAX);
    problems.range("model.context", context, 1, ModelSpec.CONTEXT_MAX);
    problems.range("model.layers", layers, 1, LAYERS_MAX);
    boolean wide = problems.range("model.width", width, 1, LayerRules.WIDTH_MAX);
    boolean headed = problems.range("model.heads", heads, 1, LayerRules.HEADS_MAX);
    if (wide && headed) {
      problems.that(width % heads == 0, "model.heads", heads, "a divisor of the width " + width);
    }
    return problems.list();
  }

  public ModelSpec spec() {
    List<Layer> list = new ArrayList<>();
    list.add(new Layer.Embedding(vocabulary, context, width));
    for (int i = 0; i < layers; i++) {
      list.add(residual(new Layer.CausalAttention(width, heads, bias)));
      list.add(residual(new Layer.FeedForward(width, HIDDEN_FACTOR * width, Curve.GELU, bias)));
    }
    list.add(new Layer.LayerNorm(width, bias));
    list.add(new Layer.LanguageHead(width, vocabulary));
    return new ModelSpec(context, list);
  }

  private Layer residual(Layer body) {
    return new Layer.Residual(List.of(new Layer.LayerNorm(width, bias), body));
  }
}
