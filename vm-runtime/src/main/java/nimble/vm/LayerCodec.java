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

  private static final int RMS_NORM = 11;
  private static final int GROUPED_ATTENTION = 12;
  private static final int GATED_FEED_FORWARD = 13;
  private static final int CONV_2D = 14;
  private static final int POOL = 15;

  private LayerCodec() {}

  static void write(Layer layer, Writer out) {
    switch (layer) {
      case Layer.Embedding(int vocabulary, int positions, int width) ->
          out.u8(EMBEDDING).u32(vocabulary).u32(positions).u32(width);
      case Layer.LayerNorm(int width, boolean bias) -> out.u8(LAYER_NORM).u32(width).bool(bias);
      case Layer.RmsNorm(int width, float epsilon) -> {
        out.u8(RMS_NORM).u32(width);
        Fp32Field.write(epsilon, out);
      }
      case Layer.Linear(int in, int to, boolean bias) -> out.u8(LINEAR).u32(in).u32(to).bool(bias);
      case Layer.Activation(int width, Curve curve) -> out.u8(ACTIVATION).u32(width).u8(curve.tag);
      case Layer.CausalAttention(int width, int heads, boolean bias) ->
          out.u8(CAUSAL_ATTENTION).u32(width).u16(heads).bool(bias);
      case Layer.GroupedAttention a -> {
        out.u8(GROUPED_ATTENTION).u32(a.width()).u16(a.heads()).u16(a.kvHeads());
        out.u32(a.headWidth()).bool(a.bias()).bool(a.outBias());
        out.optional(a.rotary(), RotaryCodec::write);
      }
      case Layer.GatedFeedForward(int width, int hidden, Curve curve, boolean bias) ->
          out.u8(GATED_FEED_FORWARD).u32(width).u32(hidden).u8(curve.tag).bool(bias);
      case Layer.Conv2d(
              var image,
              int filters,
              int kernel,
              int stride,
              int padding,
              boolean bias) -> {
        write(image, out.u8(CONV_2D));
        out.u32(filters).u32(kernel).u32(stride).u32(padding).bool(bias);
      }
      case Layer.Pool(var image, var kind, int kernel, int stride) -> {
        write(image, out.u8(POOL));
        out.bool(kind == Layer.Pool.Kind.MEAN).u32(kernel).u32(stride);
      }
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

  private static void write(Image image, Writer out) {
    out.u32(image.channels()).u32(image.height()).u32(image.width());
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
      case RMS_NORM -> new Layer.RmsNorm(size(in), Fp32Field.read(in));
      case GROUPED_ATTENTION -> grouped(in);
      case GATED_FEED_FORWARD ->
          new Layer.GatedFeedForward(size(in), size(in), curve(in), in.bool());
      case CONV_2D ->
          new Layer.Conv2d(image(in), size(in), size(in), size(in), size(in), in.bool());
      case POOL -> {
        Image image = image(in);
        Layer.Pool.Kind kind = in.bool() ? Layer.Pool.Kind.MEAN : Layer.Pool.Kind.MAX;
        yield new Layer.Pool(image, kind, size(in), size(in));
      }
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

  private static Layer grouped(Reader in) throws Malformed {
    return new Layer.GroupedAttention(
        size(in),
        in.u16(),
        in.u16(),
        size(in),
        in.bool(),
        in.bool(),
        in.optional(RotaryCodec::read));
  }

  private static Image image(Reader in) throws Malformed {
    return new Image(size(in), size(in), size(in));
  }

  private static int size(Reader in) throws Malformed {
    return in.length(LayerRules.IDS_MAX);
  }

  private static Curve curve(Reader in) throws Malformed {
    int tag = in.u8();
    return Curve.ofTag(tag).orElseThrow(() -> new Malformed("curve tag %d".formatted(tag)));
  }
}
