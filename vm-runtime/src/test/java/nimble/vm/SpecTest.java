package nimble.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Seeds;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.template.Gpt;
import nimble.vm.template.Mlp;
import org.junit.jupiter.api.Test;

final class SpecTest {
  @Test
  void m1EncodingRoundTrips() throws Malformed {
    for (ModelSpec model : Fixtures.everyLayer()) {
      Bytes bytes = Writer.encode(model::write);
      assertEquals(model, Reader.decode(bytes, ModelSpec::read));
    }
    for (GradientCodec codec : GradientCodec.all()) {
      TrainingSpec training = Fixtures.training(codec);
      Bytes bytes = Writer.encode(training::write);
      assertEquals(training, Reader.decode(bytes, TrainingSpec::read));
    }
    Cuts cuts = new Cuts(List.of(2, 4));
    assertEquals(cuts, Reader.decode(Writer.encode(cuts::write), Cuts::read));
  }

  /// Fails when a byte of the encoding changes.
  @Test
  void m1EncodingIsStable() {
    assertEquals(
        "01000000010100000000000000030300000005000000070104000000070309000000070000000300",
        Writer.encode(new Mlp(5, 1, 7, 3).spec()::write).toString());
    assertEquals(
        "8d02b0bf82215f25b46a17f0380f41235fa5d8e17d77842c4d95bae09e76174c",
        Fixtures.GPT.hash().toString());
    assertEquals(
        "01000000280000000400023c23d70a3a83126f01000000043f6666663f7d70a43dcccccd3f800000000000000000000701",
        Writer.encode(Fixtures.TRAINING::write).toString());
  }

  @Test
  void m1TheLargestGptFitsATransaction() {
    ModelSpec model = new Gpt(50_257, 1024, Gpt.LAYERS_MAX, 12, 768, true).spec();
    assertTrue(Writer.encode(model::write).size() <= 8 << 10);
  }

  @Test
  void m2DamagedBytesAreMalformedOrAnotherModel() {
    Bytes bytes = Writer.encode(Fixtures.GPT::write);
    Seeds.forEach(
        2_000,
        random -> {
          byte[] damaged = bytes.toArray();
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
          int length = random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
          try {
            Reader.decode(Bytes.wrap(damaged).slice(0, length), ModelSpec::read);
          } catch (Malformed e) {
            assertNotEquals("", e.getMessage());
          }
        });
  }

  @Test
  void m2EveryProblemIsNamed() {
    assertEquals(
        "[model.heads must be a divisor of the width 128, was 5]",
        Gpt.problems(256, 64, 4, 5, 128).toString());
    assertEquals(
        "[model.context must be between 1 and 32768, was 0,"
            + " model.layers must be between 1 and 127, was 500]",
        Gpt.problems(256, 0, 500, 4, 128).toString());
    assertEquals(
        "[training.batch must be between 1 and 4096, was 0,"
            + " training.betas[1] must be between 0.0 and 0.99999, was 1.0]",
        TrainingSpec.problems(10, 0, 1, Rate.cosine(0.1f, 0.1f, 0), new AdamW(0.9f, 1f, 0f, 1f))
            .toString());
    assertEquals(
        "[training.learningRate must be between 0.0 and 1.0, was NaN,"
            + " training.minLearningRate must be between 0.0 and NaN, was 0.0]",
        TrainingSpec.problems(10, 1, 1, Rate.cosine(Float.NaN, 0, 0), new AdamW(0.9f, 0.9f, 0f, 1f))
            .toString());
    assertEquals(
        "[model.layers[1].width must be 8, what the layer before gives, was 9]",
        ModelSpec.problems(4, List.of(new Layer.Embedding(5, 4, 8), new Layer.LanguageHead(9, 5)))
            .toString());
    assertEquals(
        "[model.layers[0] must be a head at the end and only there, was Embedding]",
        ModelSpec.problems(4, List.of(new Layer.Embedding(5, 4, 8))).toString());
    assertThrows(BrokenInvariant.class, () -> new ModelSpec(4, List.of()));
  }

  @Test
  void m4TensorsKeepTheirNumbersWhenTheModelIsCut() {
    Layout whole = Layout.of(Fixtures.GPT.whole(1));
    var numbers =
        new Cuts(List.of(1, 3))
            .of(Fixtures.GPT, 1).stream()
                .flatMap(stage -> Layout.of(stage).tensors().stream())
                .map(tensor -> tensor.number() + tensor.name())
                .toList();
    assertEquals(
        whole.tensors().stream().map(tensor -> tensor.number() + tensor.name()).toList(), numbers);
    assertEquals(Fixtures.GPT.parameters(), whole.count());
  }
}
