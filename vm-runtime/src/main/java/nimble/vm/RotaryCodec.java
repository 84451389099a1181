package nimble.vm;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problems;

/// The canonical bytes of rotary positions, and their bounds.
final class RotaryCodec {
  private static final int UNSCALED = 1;
  private static final int LINEAR = 2;
  private static final int LLAMA3 = 3;

  private RotaryCodec() {}

  static void write(Rotary rotary, Writer out) {
    Fp32Field.write(rotary.theta(), out);
    switch (rotary.scaling()) {
      case Rotary.Unscaled() -> out.u8(UNSCALED);
      case Rotary.Linear(float factor) -> Fp32Field.write(factor, out.u8(LINEAR));
      case Rotary.Llama3(float factor, float low, float high, int context) -> {
        Fp32Field.write(factor, out.u8(LLAMA3));
        Fp32Field.write(low, out);
        Fp32Field.write(high, out);
        out.u32(context);
      }
    }
  }

  static Rotary read(Reader in) throws Malformed {
    float theta = Fp32Field.read(in);
    int tag = in.u8();
    return new Rotary(
        theta,
        switch (tag) {
          case UNSCALED -> new Rotary.Unscaled();
          case LINEAR -> new Rotary.Linear(Fp32Field.read(in));
          case LLAMA3 ->
              new Rotary.Llama3(
                  Fp32Field.read(in),
                  Fp32Field.read(in),
                  Fp32Field.read(in),
                  in.length(LayerRules.IDS_MAX));
          default -> throw new Malformed("scaling tag %d".formatted(tag));
        });
  }

  static void check(Rotary rotary, String at, Problems problems) {
    problems.range(at + ".theta", rotary.theta(), 1f, Rotary.THETA_MAX);
    switch (rotary.scaling()) {
      case Rotary.Unscaled() -> {}
      case Rotary.Linear(float factor) ->
          problems.range(at + ".factor", factor, 1f, Rotary.FACTOR_MAX);
      case Rotary.Llama3(float factor, float low, float high, int context) -> {
        problems.range(at + ".factor", factor, 1f, Rotary.FACTOR_MAX);
        problems.range(at + ".low", low, Float.MIN_NORMAL, Rotary.FACTOR_MAX);
        problems.range(at + ".high", high, Math.nextUp(low), Rotary.FACTOR_MAX);
        problems.range(at + ".originalContext", context, 1, LayerRules.IDS_MAX);
      }
    }
  }
}
