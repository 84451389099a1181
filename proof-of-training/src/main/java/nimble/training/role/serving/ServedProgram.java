package nimble.training.role.serving;

import java.util.Optional;
import nimble.codec.ByteSource;
import nimble.codec.Malformed;
import nimble.training.ServedStage;
import nimble.training.role.BaseWork;
import nimble.training.role.evidence.CheckpointBlob;
import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.training.StageState;

/// A served stage's program and the weights that it runs on, without what training needs beside
/// them.
public record ServedProgram(StageProgram program, Floats weights) implements AutoCloseable {
  /// @param checkpoint what [ServedStage#trained] names
  /// @param base whole
  /// @throws Malformed when it is not the state that it should be
  public static ServedProgram load(
      Machine machine, ServedStage stage, Optional<ByteSource> checkpoint, BaseWork base)
      throws Malformed {
    StageSpec spec = stage.spec();
    Floats weights = Floats.zeros(Layout.of(spec).count());
    try {
      if (stage.trained().isEmpty()) {
        base.part().copyTo(weights);
        return new ServedProgram(machine.load(spec, weights), weights);
      }
      try (StageState state =
          CheckpointBlob.load(spec, checkpoint.orElseThrow(), stage.weights())) {
        weights.copyFrom(state.weights());
      }
      StageBase below = stage.base().isPresent() ? base.part() : StageBase.NONE;
      return new ServedProgram(machine.load(spec, weights, below), weights);
    } catch (Malformed | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  @Override
  public void close() {
    program.close();
    weights.close();
  }
}
