package nimble.vm;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problems;

/// The numbers of the optimizer (T4).
///
/// @param clip the largest norm of a step's gradient
public record AdamW(float beta1, float beta2, float weightDecay, float clip) {
  public static final float CLIP_MAX = 1e6f;
  private static final float BETA_MAX = 0.99999f;

  /// What small models are trained with.
  public static final AdamW USUAL = new AdamW(0.9f, 0.99f, 0.1f, 1f);

  void check(Problems problems) {
    problems.range("training.betas[0]", beta1, 0f, BETA_MAX);
    problems.range("training.betas[1]", beta2, 0f, BETA_MAX);
    problems.range("training.weightDecay", weightDecay, 0f, 1f);
    problems.range("training.clip", clip, Float.MIN_NORMAL, CLIP_MAX);
  }

  void write(Writer writer) {
    Fp32Field.write(beta1, writer);
    Fp32Field.write(beta2, writer);
    Fp32Field.write(weightDecay, writer);
    Fp32Field.write(clip, writer);
  }

  static AdamW read(Reader reader) throws Malformed {
    return new AdamW(
        Fp32Field.read(reader),
        Fp32Field.read(reader),
        Fp32Field.read(reader),
        Fp32Field.read(reader));
  }
}
