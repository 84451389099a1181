package nimble.vm.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.Curve;
import nimble.vm.Layer;
import nimble.vm.LayerRules;
import nimble.vm.ModelSpec;
import nimble.vm.Rotary;

/// The template `llama`: the shape of Llama, Mistral and Qwen2: RMS norms, grouped queries, rotary
/// positions, gated feed-forward, no tied embeddings.
///
/// Touvron et al., "LLaMA: Open and Efficient Foundation Language Models", 2023.
///
/// @param hidden width of the feed-forward's middle
/// @param bias of queries, keys and values, as in Qwen2
public record Llama(
    int vocabulary,
    int context,
    int layers,
    int heads,
    int kvHeads,
    int headWidth,
    int width,
    int hidden,
    float epsilon,
    Rotary rotary,
    boolean bias) {
  public static final int LAYERS_MAX = Gpt.LAYERS_MAX;

  /// What is wrong, in the template's own words.
  public List<Problem> problems() {
    Problems problems = new Problems();
    problems.range("model.vocabulary", vocabulary, 2, LayerRules.IDS_MAX);
    problems.range("model.context", context, 1, ModelSpec.CONTEXT_MAX);
    problems.range("model.layers", layers, 1, LAYERS_MAX);
    problems.range("model.width", width, 1, LayerRules.WIDTH_MAX);
    problems.range("model.hidden", hidden, 1, LayerRules.HIDDEN_MAX);
    if (problems.list().isEmpty()) {
      LayerRules.check(norm(), context, "model", problems);
      LayerRules.check(attention(), context, "model", problems);
    }
    return problems.list();
  }

  public ModelSpec spec() {
    Problems.none(problems());
    List<Layer> list = new ArrayList<>();
    list.add(new Layer.Embedding(vocabulary, 0, width));
    for (int i = 0; i < layers; i++) {
      list.add(new Layer.Residual(List.of(norm(), attention())));
      Layer gated = new Layer.GatedFeedForward(width, hidden, Curve.SILU, false);
      list.add(new Layer.Residual(List.of(norm(), gated)));
    }
    list.add(norm());
    list.add(new Layer.LanguageHead(width, vocabulary));
    return new ModelSpec(context, list);
  }

  private Layer norm() {
    return new Layer.RmsNorm(width, epsilon);
  }

  private Layer attention() {
    return new Layer.GroupedAttention(
        width, heads, kvHeads, headWidth, bias, false, Optional.of(rotary));
  }
}
