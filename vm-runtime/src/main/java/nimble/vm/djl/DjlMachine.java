package nimble.vm.djl;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import nimble.vm.Machine;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceMachine;
import nimble.vm.trace.TraceProgram;

/// libtorch on the CPU or on a GPU. Make one per process: settings are the process's.
public final class DjlMachine implements Machine, TraceMachine {
  private final Place place;

  /// By the environment, or as usual.
  public DjlMachine() {
    this(Place.CPU);
  }

  DjlMachine(Place place) {
    NativeSettings.applyUsual();
    this.place = place;
  }

  /// Of a class that was chosen.
  ///
  /// @throws NoDevice when its device is not there
  public DjlMachine(Numeric chosen) {
    NativeSettings.apply(chosen);
    place = Place.of(chosen.device());
    if (chosen.device() == Numeric.Device.CUDA) {
      Libtorch library = Libtorch.load();
      library.requireCuda();
      library.makeStrict();
    }
  }

  @Override
  public StageProgram load(StageSpec spec, Floats weights, StageBase base) {
    NativeHeap.prepare(spec);
    return new DjlProgram(spec, place, model(StageText.of(spec, place.products())), weights, base);
  }

  @Override
  public TraceProgram trace(TraceForm form, Floats weights, StageBase base) {
    NativeHeap.prepare(form.spec());
    return new DjlTrace(form, place, model(TraceText.of(form, place.products())), weights, base);
  }

  private Model model(String text) {
    Model model = Model.newInstance("stage", place.device(), "PyTorch");
    try {
      model.load(new ByteArrayInputStream(Archive.of(text)));
      // DJL makes an empty folder for each, and leaves it there when the process is killed.
      Files.deleteIfExists(model.getModelPath());
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("libtorch refuses our own text", e);
    }
    return model;
  }

  @Override
  public void close() {}
}
