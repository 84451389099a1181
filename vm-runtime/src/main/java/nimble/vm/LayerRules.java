package nimble.vm;

import java.util.List;
import nimble.spec.Problems;

/// The bounds of each layer and how layers fit together (M2).
public final class LayerRules {
  public static final int WIDTH_MAX = 32_768;
  public static final int HIDDEN_MAX = 131_072;
  public static final int IDS_MAX = 1 << 20;
  public static final int HEADS_MAX = 256;
  static final int BODY_MAX = 8;

  static final int HEAD_WIDTH_MAX = 1024;
  static final int KERNEL_MAX = 64;
  public static final int SIDE_MAX = 1024;

  private LayerRules() {}

  public static void check(Layer layer, int context, String at, Problems problems) {
    switch (layer) {
      case Layer.Embedding embedding -> {
        problems.range(at + ".vocabulary", embedding.vocabulary(), 2, IDS_MAX);
        width(at, embedding.width(), problems);
        int positions = embedding.positions();
        problems.that(
            positions == 0 || positions == context,
            at + ".positions",
            positions,
            "0 or the context " + context);
      }
      case Layer.LayerNorm norm -> width(at, norm.width(), problems);
      case Layer.RmsNorm norm -> {
        width(at, norm.width(), problems);
        problems.range(at + ".epsilon", norm.epsilon(), 1e-12f, 1e-2f);
      }
      case Layer.Linear linear -> linear(linear, at, problems);
      case Layer.Activation activation ->
          problems.range(at + ".width", activation.width(), 1, HIDDEN_MAX);
      case Layer.CausalAttention attention -> {
        if (width(at, attention.width(), problems)
            && problems.range(at + ".heads", attention.heads(), 1, HEADS_MAX)) {
          problems.that(
              attention.width() % attention.heads() == 0,
              at + ".heads",
              attention.heads(),
              "a divisor of the width " + attention.width());
        }
      }
      case Layer.GroupedAttention attention -> grouped(attention, at, problems);
      case Layer.GatedFeedForward feedForward -> {
        width(at, feedForward.width(), problems);
        problems.range(at + ".hidden", feedForward.hidden(), 1, HIDDEN_MAX);
      }
      case Layer.Conv2d conv -> {
        problems.range(at + ".filters", conv.filters(), 1, WIDTH_MAX);
        problems.range(at + ".padding", conv.padding(), 0, KERNEL_MAX);
        if (windows(conv.image(), conv.kernel(), conv.stride(), at, problems)) {
          image(conv.out(), at + ".out", problems);
        }
      }
      case Layer.Pool pool -> {
        if (windows(pool.image(), pool.kernel(), pool.stride(), at, problems)) {
          image(pool.out(), at + ".out", problems);
        }
      }
      case Layer.FeedForward feedForward -> {
        width(at, feedForward.width(), problems);
        problems.range(at + ".hidden", feedForward.hidden(), 1, HIDDEN_MAX);
      }
      case Layer.Residual residual -> residual(residual, context, at, problems);
      case Layer.LanguageHead head -> {
        width(at, head.width(), problems);
        problems.range(at + ".vocabulary", head.vocabulary(), 2, IDS_MAX);
      }
      case Layer.ClassifierHead head -> {
        width(at, head.width(), problems);
        problems.range(at + ".classes", head.classes(), 2, IDS_MAX);
      }
      case Layer.RegressionHead head -> {
        width(at, head.width(), problems);
        problems.range(at + ".outputs", head.outputs(), 1, WIDTH_MAX);
      }
    }
  }

  /// The output of each layer is the input of the next.
  static void chain(List<Layer> layers, String at, Problems problems) {
    for (int i = 1; i < layers.size(); i++) {
      int given = layers.get(i - 1).outWidth();
      int taken = layers.get(i).inWidth();
      if (taken != given) {
        problems.that(
            false,
            "%s[%d].width".formatted(at, i),
            taken,
            "%d, what the layer before gives".formatted(given));
      }
    }
  }

  private static void residual(Layer.Residual residual, int context, String at, Problems problems) {
    List<Layer> body = residual.body();
    if (!problems.range(at + ".body", body.size(), 1, BODY_MAX)) {
      return;
    }
    int before = problems.list().size();
    for (int i = 0; i < body.size(); i++) {
      Layer layer = body.get(i);
      String inner = at + ".body[" + i + "]";
      boolean allowed =
          switch (layer) {
            case Layer.Embedding _, Layer.Residual _, Layer.Head _ -> false;
            case Layer.LayerNorm _,
                Layer.RmsNorm _,
                Layer.Linear _,
                Layer.Activation _,
                Layer.CausalAttention _,
                Layer.GroupedAttention _,
                Layer.FeedForward _,
                Layer.GatedFeedForward _,
                Layer.Conv2d _,
                Layer.Pool _ ->
                true;
          };
      if (!problems.that(
          allowed, inner, layer.getClass().getSimpleName(), "a layer from vectors to vectors")) {
        return;
      }
      check(layer, context, inner, problems);
    }
    if (problems.list().size() > before) {
      return;
    }
    chain(body, at + ".body", problems);
    if (residual.outWidth() != residual.inWidth()) {
      problems.that(
          false,
          at + ".body",
          "%d to %d wide".formatted(residual.inWidth(), residual.outWidth()),
          "as wide at its end as at its start");
    }
  }

  private static void grouped(Layer.GroupedAttention attention, String at, Problems problems) {
    width(at, attention.width(), problems);
    boolean headed = problems.range(at + ".heads", attention.heads(), 1, HEADS_MAX);
    boolean wide = problems.range(at + ".headWidth", attention.headWidth(), 2, HEAD_WIDTH_MAX);
    if (!headed || !wide) {
      return;
    }
    problems.range(at + ".heads", (long) attention.mixedWidth(), 1, HIDDEN_MAX);
    int shared = attention.kvHeads();
    problems.that(
        shared >= 1 && attention.heads() % shared == 0,
        at + ".kvHeads",
        shared,
        "a divisor of the heads, " + attention.heads());
    attention
        .rotary()
        .ifPresent(rotary -> {
          RotaryCodec.check(rotary, at + ".rotary", problems);
          problems.that(
              attention.headWidth() % 2 == 0, at + ".headWidth", attention.headWidth(), "even");
        });
  }

  private static boolean windows(
      Image image, int kernel, int stride, String at, Problems problems) {
    boolean right = image(image, at + ".image", problems);
    right &= problems.range(at + ".kernel", kernel, 1, KERNEL_MAX);
    return problems.range(at + ".stride", stride, 1, KERNEL_MAX) && right;
  }

  private static boolean image(Image image, String at, Problems problems) {
    boolean right = problems.range(at + ".channels", image.channels(), 1, WIDTH_MAX);
    right &= problems.range(at + ".height", image.height(), 1, WIDTH_MAX);
    right &= problems.range(at + ".width", image.width(), 1, WIDTH_MAX);
    long numbers = (long) image.channels() * image.height();
    return right
        && problems.range(at, numbers > HIDDEN_MAX ? numbers : numbers * image.width(), 1, IDS_MAX);
  }

  private static void linear(Layer.Linear linear, String at, Problems problems) {
    problems.range(at + ".in", linear.in(), 1, HIDDEN_MAX);
    problems.range(at + ".out", linear.out(), 1, HIDDEN_MAX);
  }

  private static boolean width(String at, int width, Problems problems) {
    return problems.range(at + ".width", width, 1, WIDTH_MAX);
  }
}
