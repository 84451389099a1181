package nimble.node.api;

import java.util.stream.Collectors;
import nimble.vm.Layer;

/// Layers as people call them.
final class LayerNames {
  private LayerNames() {}

  static String of(Layer layer) {
    return switch (layer) {
      case Layer.Embedding _ -> "embedding";
      case Layer.LayerNorm _ -> "norm";
      case Layer.Linear _ -> "linear";
      case Layer.Activation _ -> "activation";
      case Layer.CausalAttention _ -> "attention";
      case Layer.FeedForward _ -> "feed-forward";
      case Layer.Residual residual ->
          residual.body().stream()
              .filter(inner -> !(inner instanceof Layer.LayerNorm))
              .map(LayerNames::of)
              .collect(Collectors.joining("+"));
      case Layer.LanguageHead _ -> "language-head";
      case Layer.ClassifierHead _ -> "classifier-head";
      case Layer.RegressionHead _ -> "regression-head";
    };
  }
}
