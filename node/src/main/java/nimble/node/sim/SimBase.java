package nimble.node.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.BroughtModel;
import nimble.vm.BaseModel;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSpec;
import nimble.vm.Segmenter;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;
import nimble.vm.training.StageState;

/// A base for simulated jobs: the weights that a seed gives, and adapters on it.
final class SimBase {
  private static final long SEED = 11;

  private final List<Blob> blobs = new ArrayList<>();
  private final ModelSpec model;
  private final BaseSpec spec;

  SimBase(ModelSpec model) {
    this.model = model;
    BaseModel base =
        BaseModel.pack(
            "simulated",
            model,
            Storage.FP32,
            new TreeMap<>(),
            (layer, weights) -> {
              try (StageState state = StageState.initial(layer, SEED)) {
                weights.copyFrom(state.weights());
              }
            },
            blobs::add);
    Blob description = Blob.of(base.encode());
    blobs.add(description);
    spec = new BaseSpec(description.id(), Storage.FP32);
  }

  List<Blob> blobs() {
    return blobs;
  }

  BaseSpec spec() {
    return spec;
  }

  /// The model by itself in two stages, as an owner would bring it.
  BroughtModel brought() {
    return new BroughtModel(model, spec, Segmenter.cut(model, 1, 2));
  }

  /// The model with adapters on it, its matrices in four bits.
  ModelSpec adapted() {
    List<LoraTarget> targets = List.of(LoraTarget.QKV, LoraTarget.UP, LoraTarget.DOWN);
    return model.with(new Lora(2, 4, targets, BaseForm.NF4));
  }
}
