package nimble.vm.djl;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import nimble.vm.Floats;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// libtorch on the CPU. Make one per process: settings are the process's.
public final class DjlMachine implements Machine, TraceMachine {
  /// By the environment, or as usual.
  public DjlMachine() {
    NativeSettings.applyUsual();
  }

  /// Of a class that was chosen.
  public DjlMachine(Numeric chosen) {
    NativeSettings.apply(chosen);
  }

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    return new DjlProgram(spec, model(StageText.of(spec)), weights, base);
  }

  @Override
  public TraceProgram trace(TraceForm form, Floats weights) {
    return new DjlTrace(form, model(TraceText.of(form)), weights);
  }

  private static Model model(String text) {
    Model model = Model.newInstance("stage", Device.cpu(), "PyTorch");
    try {
      model.load(new ByteArrayInputStream(Archive.of(text)));
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("libtorch refuses our own text", e);
    }
    return model;
  }

  @Override
  public void close() {}
}
