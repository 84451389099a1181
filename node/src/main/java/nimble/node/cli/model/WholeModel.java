package nimble.node.cli.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.files.CheckpointFile;
import nimble.node.files.Mistake;
import nimble.training.spec.JobSpec;
import nimble.vm.Machine;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.hf.StageWeights;
import nimble.vm.tensor.Floats;

/// A trained model with all of its stages in this process.
final class WholeModel implements AutoCloseable {
  private final List<Floats> weights = new ArrayList<>();
  private final List<StageProgram> programs = new ArrayList<>();

  private WholeModel() {}

  /// @param checkpoints of its stages, in order
  /// @param rows that it is asked at a time
  static WholeModel load(Machine machine, JobSpec spec, List<Path> checkpoints, int rows)
      throws Mistake, IOException {
    WholeModel model = new WholeModel();
    List<StageSpec> stages = spec.cuts().of(spec.model(), rows);
    try (Arena arena = Arena.ofShared()) {
      for (int i = 0; i < stages.size(); i++) {
        StageWeights mapped = CheckpointFile.weights(checkpoints.get(i), stages.get(i), arena);
        Floats own = Floats.zeros(Math.toIntExact(mapped.weights().byteSize() / Float.BYTES));
        model.weights.add(own);
        own.view(0, own.count()).put(mapped.weights().asByteBuffer());
        model.programs.add(machine.load(stages.get(i), own));
      }
      return model;
    } catch (Malformed e) {
      model.close();
      throw new Mistake(e.reason());
    }
  }

  /// What the head gives at every position of every row.
  Bytes answer(Bytes inputs) {
    Bytes passed = inputs;
    for (StageProgram program : programs) {
      passed = program.infer(passed);
    }
    return passed;
  }

  @Override
  public void close() {
    programs.forEach(StageProgram::close);
    weights.forEach(Floats::close);
  }
}
