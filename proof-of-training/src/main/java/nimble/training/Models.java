package nimble.training;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.ledger.Keys;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.training.spec.BroughtModel;
import nimble.types.Hash;

/// Published models in state.
public final class Models {
  private static final int COUNTER = Keys.RULES + 40; // → i64, the newest model's number
  private static final int MODEL = Keys.RULES + 41; // number → Model
  private static final int NAME = Keys.RULES + 42; // hash of the name → number
  private static final int BROUGHT = Keys.RULES + 46; // hash → BroughtModel

  private Models() {}

  /// Their numbers are 1 to this.
  public static long count(StateView state) {
    return state.read(Jobs.key(COUNTER), reader -> reader.i64()).orElse(0L);
  }

  public static Optional<Model> get(StateView state, long number) {
    return state.read(key(number), Model::read);
  }

  public static Optional<Model> named(StateView state, String name) {
    return state.read(nameKey(name), reader -> reader.i64()).flatMap(number -> get(state, number));
  }

  /// The key of a model in state, for proofs.
  public static Bytes key(long number) {
    return Bytes.concat(Jobs.key(MODEL), Bytes.ofU64(number));
  }

  /// What an owner brought; it stays.
  static Optional<BroughtModel> brought(StateView state, Hash model) {
    return state.read(broughtKey(model), BroughtModel::read);
  }

  static Origin bring(Overlay state, BroughtModel model) {
    Hash hash = model.hash();
    state.write(broughtKey(hash), model::write);
    return new Origin.Brought(hash);
  }

  private static Bytes broughtKey(Hash model) {
    return Bytes.concat(Jobs.key(BROUGHT), model.bytes());
  }

  static void put(Overlay state, Model model) {
    if (model.number() > count(state)) {
      state.write(Jobs.key(COUNTER), writer -> writer.i64(model.number()));
      state.write(nameKey(model.name()), writer -> writer.i64(model.number()));
    }
    state.write(key(model.number()), model::write);
  }

  private static Bytes nameKey(String name) {
    return Bytes.concat(Jobs.key(NAME), Hashing.of("model-name", Bytes.utf8(name)).bytes());
  }
}
