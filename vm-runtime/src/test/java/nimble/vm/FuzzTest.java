package nimble.vm;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.FuzzTarget;
import nimble.vm.generation.Replay;
import nimble.vm.generation.Row;
import nimble.vm.generation.Sampling;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.tensor.Floats;
import nimble.vm.text.TextForm;
import nimble.vm.trace.Opening;
import nimble.vm.training.StateManifest;
import org.junit.jupiter.api.Test;

/// What of this module is read from sockets and files.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("ModelSpec", ModelSpec::read, ModelSpec::write),
          FuzzTarget.of("BaseModel", BaseModel::read, BaseModel::write),
          FuzzTarget.of("Lora", Lora::read, Lora::write),
          FuzzTarget.of("TextForm", TextForm::read, TextForm::write),
          FuzzTarget.of("TrainingSpec", TrainingSpec::read, TrainingSpec::write),
          FuzzTarget.of("Cuts", Cuts::read, Cuts::write),
          FuzzTarget.of("StateManifest", StateManifest::read, StateManifest::write),
          FuzzTarget.of("Replay", Replay::read, Replay::write),
          FuzzTarget.of("Row", Row::read, Row::write),
          FuzzTarget.of("Sampling", Sampling::read, Sampling::write),
          FuzzTarget.of("Opening", Opening::read, Opening::write),
          FuzzTarget.through("Gradient", FuzzTest::gradient));

  /// One byte for the codec, one for the count of numbers, then the encoded gradient.
  private static Bytes gradient(Bytes input) throws Malformed {
    if (input.size() < 2) {
      throw new Malformed("no gradient");
    }
    GradientCodec codec = GradientCodec.ofTag(input.at(0));
    int count = input.at(1) & 0xff;
    Bytes encoded = input.slice(2, input.size());
    Floats low = Floats.zeros(count);
    Floats high = Floats.zeros(count);
    codec.decode(encoded, low);
    codec.intervals(encoded, low, high);
    return input;
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
