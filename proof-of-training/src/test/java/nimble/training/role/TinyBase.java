package nimble.training.role;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.training.role.evidence.Plan;
import nimble.training.spec.BaseSpec;
import nimble.types.Hash;
import nimble.vm.BaseModel;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSpec;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;
import nimble.vm.training.StageState;

/// The tiny model as a base for adapters, and for going on with.
public final class TinyBase {
  public static final SortedMap<Hash, Bytes> BLOBS = new TreeMap<>();
  public static final BaseSpec SPEC = spec(Tiny.MODEL, 5);

  private static final Lora LORA =
      new Lora(2, 4, List.of(LoraTarget.QKV, LoraTarget.UP), BaseForm.NF4);

  private TinyBase() {}

  /// A base with the weights that a seed gives, its blobs kept.
  public static BaseSpec spec(ModelSpec model, long seed) {
    BaseModel base =
        BaseModel.pack(
            "tiny",
            model,
            Storage.FP32,
            new TreeMap<>(),
            (layer, weights) -> {
              try (StageState state = StageState.initial(layer, seed)) {
                weights.copyFrom(state.weights());
              }
            },
            blob -> BLOBS.put(blob.id(), blob.whole()));
    Blob description = Blob.of(base.encode());
    BLOBS.put(description.id(), description.whole());
    return new BaseSpec(description.id(), Storage.FP32);
  }

  /// Trains adapters, or goes on with the base's weights.
  public static Plan plan(int steps, int roundSteps, boolean adapters, BaseSpec base) {
    Plan plain = Tiny.plan(steps, roundSteps);
    ModelSpec model = adapters ? Tiny.MODEL.with(LORA) : Tiny.MODEL;
    return new Plan(
        Tiny.CUTS.of(model, plain.training().rows()),
        plain.training(),
        plain.rounds(),
        Optional.of(base),
        plain.data(),
        plain.beacon());
  }
}
