package nimble.node.api;

import java.util.stream.Collectors;
import nimble.vm.Layer;

/// Layers as people call them.
final class LayerNames {
  private LayerNames() {}

  static String of(Layer layer) {
    return switch (layer) {
      case Layer.Embedding _ -> "embedding";
      case Layer.LayerNorm _, Layer.RmsNorm _ -> "norm";
      case Layer.Linear _ -> "linear";
      case Layer.Activation _ -> "activation";
      case Layer.CausalAttention _, Layer.GroupedAttention _ -> "attention";
      case Layer.FeedForward _, Layer.GatedFeedForward _ -> "feed-forward";
      case Layer.Conv2d _ -> "convolution";
      case Layer.Pool _ -> "pool";
      case Layer.Residual residual ->
          residual.body().stream()
              .filter(inner -> !(inner instanceof Layer.LayerNorm))
              .filter(inner -> !(inner instanceof Layer.RmsNorm))
              .map(LayerNames::of)
              .collect(Collectors.joining("+"));
      case Layer.LanguageHead _ -> "language-head";
      case Layer.ClassifierHead _ -> "classifier-head";
      case Layer.RegressionHead _ -> "regression-head";
    };
  }
}
