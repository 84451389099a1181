package nimble.vm.djl;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import nimble.vm.Floats;
import nimble.vm.Machine;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;

/// libtorch on the CPU, one thread a call. Make one per process: settings are the process's.
public final class DjlMachine implements Machine {
  public DjlMachine() {
    NativeSettings.apply();
  }

  @Override
  public StageProgram load(StageSpec spec, Floats weights) {
    Model model = Model.newInstance("stage", Device.cpu(), "PyTorch");
    try {
      model.load(new ByteArrayInputStream(Archive.of(StageText.of(spec))));
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("libtorch refuses our own text", e);
    }
    return new DjlProgram(spec, model, weights);
  }

  @Override
  public void close() {}
}
