package nimble.vm.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.vm.Curve;
import nimble.vm.Fixtures;
import nimble.vm.Image;
import nimble.vm.Layer;
import nimble.vm.Layout;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSpec;
import nimble.vm.Precision;
import nimble.vm.Rotary;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.reference.Interval;
import nimble.vm.reference.Referee;
import nimble.vm.reference.Referee.Finding;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

/// B1: no honest fp32 kernel is ever outside: all forms of every operator, all orders of every sum,
/// numbers of any size, and sums in which nearly all cancels.
final class RefereeOnKernelsTest {
  private static final int ROWS = 3;
  private static final int SAMPLES = 3;

  /// Wide enough that orders matter.
  private static List<StageSpec> stages() {
    int width = 48;
    List<ModelSpec> models =
        List.of(
            new ModelSpec(
                9,
                List.of(
                    new Layer.Embedding(17, 9, width),
                    residual(new Layer.LayerNorm(width, true), attention(width, 3)),
                    residual(new Layer.FeedForward(width, 80, Curve.GELU, true)),
                    new Layer.LanguageHead(width, 33))),
            new ModelSpec(
                5,
                List.of(
                    new Layer.Linear(70, width, true),
                    new Layer.Activation(width, Curve.SILU),
                    residual(attention(width, 2)),
                    new Layer.Linear(width, 60, false),
                    new Layer.Activation(60, Curve.GELU_TANH),
                    new Layer.LayerNorm(60, false),
                    new Layer.RegressionHead(60, 4))),
            llama(width),
            llama(width).in(Precision.BF16),
            llama(width).with(new Lora(4, 2, List.of(LoraTarget.V, LoraTarget.UP), BaseForm.NF4)),
            llama(width)
                .dropping(0.3f)
                .with(new Lora(4, 2, 0.2f, List.of(LoraTarget.Q), BaseForm.FP32)),
            images());
    return models.stream().map(model -> model.whole(ROWS)).toList();
  }

  private static ModelSpec llama(int width) {
    Layer attention =
        new Layer.GroupedAttention(width, 4, 2, 14, true, false, Optional.of(new Rotary(50)));
    return new ModelSpec(
        7,
        List.of(
            new Layer.Embedding(17, 0, width),
            residual(new Layer.RmsNorm(width, 1e-5f), attention),
            residual(new Layer.GatedFeedForward(width, 70, Curve.SILU, false)),
            new Layer.RmsNorm(width, 1e-6f),
            new Layer.LanguageHead(width, 33)));
  }

  private static ModelSpec images() {
    Layer.Conv2d wide = new Layer.Conv2d(new Image(3, 9, 8), 6, 3, 1, 1, true);
    Layer.Pool largest = new Layer.Pool(wide.out(), Layer.Pool.Kind.MAX, 3, 2);
    Layer.Conv2d narrow = new Layer.Conv2d(largest.out(), 9, 2, 2, 1, false);
    Layer.Pool mean = new Layer.Pool(narrow.out(), Layer.Pool.Kind.MEAN, 2, 1);
    return new ModelSpec(
        1,
        List.of(
            wide,
            new Layer.Activation(wide.outWidth(), Curve.RELU),
            largest,
            narrow,
            mean,
            new Layer.ClassifierHead(mean.outWidth(), 5)));
  }

  private static Layer attention(int width, int heads) {
    return new Layer.CausalAttention(width, heads, true);
  }

  private static Layer residual(Layer... layers) {
    return new Layer.Residual(List.of(layers));
  }

  /// How numbers are spread.
  private enum Spread {
    PLAIN,
    /// Sizes from 10⁻⁴ to 10³.
    WILD,
    /// Large, alternating and nearly equal.
    CANCELLING
  }

  private static void spread(float[] numbers, Spread spread, SplittableRandom random) {
    for (int i = 0; i < numbers.length; i++) {
      switch (spread) {
        case PLAIN -> {}
        case WILD -> numbers[i] *= (float) Math.pow(10, random.nextDouble() * 7 - 4);
        case CANCELLING -> numbers[i] = (i % 2 == 0 ? 100 : -100) * (1 + 1e-4f * numbers[i]);
      }
    }
  }

  private static Trace trace(StageSpec stage, Spread spread, SplittableRandom random) {
    TraceForm form = TraceForm.of(stage, true, TraceContract.SCALE).of(Fixtures.DRAW);
    try (Floats weights = Floats.zeros(Layout.of(stage).count());
        StageBase base = TraceContract.base(stage, random.nextLong())) {
      Fixtures.scramble(weights, random.nextLong());
      float[] numbers = weights.toArray(0, weights.count());
      spread(numbers, spread == Spread.CANCELLING ? Spread.PLAIN : spread, random);
      weights.put(0, numbers, numbers.length);
      Bytes input = Fixtures.input(stage, random.nextLong());
      if (!stage.takesTokens()) {
        float[] x = LittleEndian.floats(input);
        spread(x, spread, random);
        input = LittleEndian.ofFloats(x);
      }
      Bytes other = Fixtures.labels(stage, random.nextLong());
      try (TraceProgram program = new ReferenceMachine().trace(form, weights, base)) {
        List<Bytes> given = Trace.weights(stage, weights, base);
        return Trace.of(form, given, input, other, program.run(input, other, form.draw()));
      }
    }
  }

  @Test
  void b1NoHonestKernelIsOutside() {
    int[] judged = new int[2];
    Seeds.forEach(
        3,
        random -> {
          for (StageSpec stage : stages()) {
            for (Spread spread : Spread.values()) {
              Trace trace = trace(stage, spread, random);
              trace.form().computed().forEach(tensor -> kernels(trace, tensor, random, judged));
            }
          }
        });
    assertTrue(judged[0] > 10_000, "judged %d".formatted(judged[0]));
    assertTrue(judged[1] < judged[0] / 4, "%d of %d are anything".formatted(judged[1], judged[0]));
  }

  private static void kernels(Trace trace, int tensor, SplittableRandom random, int[] judged) {
    TraceTensor shape = trace.form().tensor(tensor);
    Referee referee = new Referee(trace.form(), trace);
    try {
      for (int sample = 0; sample < SAMPLES; sample++) {
        int element = random.nextInt(shape.count());
        Interval interval = referee.interval(tensor, element);
        for (float claimed : claims(trace, tensor, element)) {
          judged[0]++;
          judged[1] += Double.isInfinite(interval.low()) ? 1 : 0;
          assertEquals(
              Finding.INSIDE,
              referee.judge(tensor, element, Float.floatToRawIntBits(claimed)),
              () -> "%s[%d] = %s of %s".formatted(shape.name(), element, claimed, interval));
        }
      }
    } catch (Malformed e) {
      throw new AssertionError(shape.name(), e);
    }
  }

  private static List<Float> claims(Trace trace, int tensor, int element) throws Malformed {
    List<Float> claims = new ArrayList<>();
    for (Summation summation : Summation.values()) {
      for (boolean other : new boolean[] {false, true}) {
        claims.add(new Kernels(trace.form(), trace, summation, other).number(tensor, element));
      }
    }
    return claims;
  }

  /// A thousandth of Σ|x||w|, and a rounding of the operands to sixteen bits.
  @Test
  void b2WhatIsNoFp32IsOutside() {
    StageSpec stage = stages().get(1);
    Trace trace = trace(stage, Spread.WILD, new SplittableRandom(3));
    Referee referee = new Referee(trace.form(), trace);
    Operands coarse =
        (tensor, at) -> {
          int bits = trace.bits(tensor, at);
          return trace.form().tensor(tensor).rule().isEmpty() && tensor == trace.form().other()
              ? bits
              : bits & 0xffff_0000;
        };
    int[] outside = new int[2];
    trace
        .form()
        .computed()
        .filter(i -> trace.form().tensor(i).rule().orElseThrow() instanceof Rule.Product)
        .forEach(tensor -> {
          Rule.Product rule = (Rule.Product) trace.form().tensor(tensor).rule().orElseThrow();
          int count = trace.form().tensor(tensor).count();
          for (int element = 0; element < count; element += Math.max(1, count / 20)) {
            try {
              double size = size(trace, rule, tensor, element);
              Interval interval = referee.interval(tensor, element);
              if (size == 0) {
                continue;
              }
              assertTrue(interval.high() - interval.low() < 1e-3 * size, interval + " of " + size);
              Kernels half = new Kernels(trace.form(), coarse, Summation.DOUBLE, false);
              outside[1]++;
              outside[0] += interval.holds(half.number(tensor, element)) ? 0 : 1;
            } catch (Malformed e) {
              throw new AssertionError(e);
            }
          }
        });
    assertTrue(outside[0] > outside[1] * 0.95, "%d of %d".formatted(outside[0], outside[1]));
  }

  private static double size(Trace trace, Rule.Product rule, int tensor, int element)
      throws Malformed {
    int columns = trace.form().tensor(tensor).columns();
    int inner = trace.form().tensor(rule.x()).columns();
    double size = 0;
    for (int i = 0; i < inner; i++) {
      double x = trace.number(rule.x(), element / columns * inner + i);
      size += Math.abs(x * trace.number(rule.w(), element % columns * inner + i));
    }
    return size;
  }
}
