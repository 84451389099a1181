package nimble.vm;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// The canonical bytes of a layer: a tag, then its fields.
final class LayerCodec {
  private static final int EMBEDDING = 1;
  private static final int LAYER_NORM = 2;
  private static final int LINEAR = 3;
  private static final int ACTIVATION = 4;
  private static final int CAUSAL_ATTENTION = 5;
  private static final int FEED_FORWARD = 6;
  private static final int RESIDUAL = 7;
  private static final int LANGUAGE_HEAD = 8;
  private static final int CLASSIFIER_HEAD = 9;
  private static final int REGRESSION_HEAD = 10;

  private LayerCodec() {}

  static void write(Layer layer, Writer out) {
    switch (layer) {
      case Layer.Embedding(int vocabulary, int positions, int width) ->
          out.u8(EMBEDDING).u32(vocabulary).u32(positions).u32(width);
      case Layer.LayerNorm(int width, boolean bias) -> out.u8(LAYER_NORM).u32(width).bool(bias);
      case Layer.Linear(int in, int to, boolean bias) -> out.u8(LINEAR).u32(in).u32(to).bool(bias);
      case Layer.Activation(int width, Curve curve) -> out.u8(ACTIVATION).u32(width).u8(curve.tag);
      case Layer.CausalAttention(int width, int heads, boolean bias) ->
          out.u8(CAUSAL_ATTENTION).u32(width).u16(heads).bool(bias);
      case Layer.FeedForward(int width, int hidden, Curve curve, boolean bias) ->
          out.u8(FEED_FORWARD).u32(width).u32(hidden).u8(curve.tag).bool(bias);
      case Layer.Residual(var body) ->
          out.u8(RESIDUAL).list(body, LayerRules.BODY_MAX, LayerCodec::write);
      case Layer.LanguageHead(int width, int vocabulary) ->
          out.u8(LANGUAGE_HEAD).u32(width).u32(vocabulary);
      case Layer.ClassifierHead(int width, int classes) ->
          out.u8(CLASSIFIER_HEAD).u32(width).u32(classes);
      case Layer.RegressionHead(int width, int outputs) ->
          out.u8(REGRESSION_HEAD).u32(width).u32(outputs);
    }
  }

  static Layer read(Reader in) throws Malformed {
    return read(in, in.u8());
  }

  /// Inside a residual there is no residual, so reading never recurses further.
  private static Layer readInner(Reader in) throws Malformed {
    int tag = in.u8();
    if (tag == RESIDUAL) {
      throw new Malformed("a residual inside a residual");
    }
    return read(in, tag);
  }

  private static Layer read(Reader in, int tag) throws Malformed {
    return switch (tag) {
      case EMBEDDING -> new Layer.Embedding(size(in), size(in), size(in));
      case LAYER_NORM -> new Layer.LayerNorm(size(in), in.bool());
      case LINEAR -> new Layer.Linear(size(in), size(in), in.bool());
      case ACTIVATION -> new Layer.Activation(size(in), curve(in));
      case CAUSAL_ATTENTION -> new Layer.CausalAttention(size(in), in.u16(), in.bool());
      case FEED_FORWARD -> new Layer.FeedForward(size(in), size(in), curve(in), in.bool());
      case RESIDUAL -> new Layer.Residual(in.list(LayerRules.BODY_MAX, LayerCodec::readInner));
      case LANGUAGE_HEAD -> new Layer.LanguageHead(size(in), size(in));
      case CLASSIFIER_HEAD -> new Layer.ClassifierHead(size(in), size(in));
      case REGRESSION_HEAD -> new Layer.RegressionHead(size(in), size(in));
      default -> throw new Malformed("layer tag %d".formatted(tag));
    };
  }

  private static int size(Reader in) throws Malformed {
    return in.length(LayerRules.IDS_MAX);
  }

  private static Curve curve(Reader in) throws Malformed {
    int tag = in.u8();
    return Curve.ofTag(tag).orElseThrow(() -> new Malformed("curve tag %d".formatted(tag)));
  }
}
