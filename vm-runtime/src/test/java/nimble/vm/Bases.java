package nimble.vm;

import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;
import nimble.vm.training.StageState;

/// Bases for tests.
public record Bases(BaseModel base, SortedMap<Hash, Bytes> blobs) {
  /// Every form in which a base may be frozen.
  public static final List<BaseForm> FORMS =
      List.of(
          BaseForm.FP32,
          BaseForm.BF16,
          BaseForm.NF4,
          new BaseForm(Storage.NF4, false, 64),
          new BaseForm(Storage.NF4, true, 128));

  /// With the weights that a seed gives.
  public static Bases drawn(ModelSpec model, Storage storage, long seed) {
    return of(
        model,
        storage,
        (layer, weights) -> {
          try (StageState state = StageState.initial(layer, seed)) {
            weights.copyFrom(state.weights());
          }
        });
  }

  /// With weights in which nothing is zero or one.
  public static Bases scrambled(ModelSpec model, Storage storage, long seed) {
    return of(
        model, storage, (layer, weights) -> Fixtures.scramble(weights, seed + layer.firstLayer()));
  }

  public static Bases of(ModelSpec model, Storage storage, BaseModel.Weights weights) {
    SortedMap<Hash, Bytes> blobs = new TreeMap<>();
    BaseModel base =
        BaseModel.pack(
            "tests",
            model.plain(),
            storage,
            new TreeMap<>(),
            weights,
            blob -> blobs.put(blob.id(), blob.whole()));
    return new Bases(base, blobs);
  }

  public Bytes blob(Hash id) {
    return Objects.requireNonNull(blobs.get(id));
  }

  /// What its caller closes.
  public StageBase part(StageSpec stage) {
    StageBase part = StageBase.of(stage, base.storage());
    try {
      for (Hash id : base.parts(stage)) {
        part.take(blob(id));
      }
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
    return part;
  }
}
