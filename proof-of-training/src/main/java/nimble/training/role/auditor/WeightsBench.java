package nimble.training.role.auditor;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import nimble.chain.StageSlot;
import nimble.codec.ByteSource;
import nimble.training.ServedStage;
import nimble.training.role.AuditorEffect;
import nimble.training.role.BaseWork;
import nimble.training.role.Outcome;
import nimble.training.role.Task;
import nimble.training.role.serving.WeightsFetch;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// The weights of served stages as a validator needs them: of one stage at a time, of those that do
/// not come in turns (R32). Stages are named by their slot in replica 0.
final class WeightsBench {
  private final SortedMap<StageSlot, Integer> failures = new TreeMap<>();
  private @Nullable Present present;

  private record Present(StageSlot slot, WeightsFetch weights) {}

  /// Turns to one of those that are wanted, and gives back what is not. Only while no task uses it.
  ///
  /// @param wanted by stages that are in `stages`
  void turn(SortedSet<StageSlot> wanted, SortedMap<StageSlot, ServedStage> stages) {
    failures.keySet().retainAll(wanted);
    Optional<StageSlot> next =
        wanted.stream().min(Comparator.comparingInt(this::failures).thenComparing(this::isOther));
    if (present != null && !next.equals(Optional.of(present.slot))) {
      drop();
    }
    if (present == null && next.isPresent()) {
      ServedStage stage = Optional.ofNullable(stages.get(next.get())).orElseThrow();
      present = new Present(next.get(), new WeightsFetch(stage, new BaseWork(stage)));
    }
  }

  private int failures(StageSlot slot) {
    return failures.getOrDefault(slot, 0);
  }

  private boolean isOther(StageSlot slot) {
    return present == null || !present.slot.equals(slot);
  }

  private Optional<Present> present() {
    return Optional.ofNullable(present);
  }

  /// Those of this stage, once they are whole.
  Optional<WeightsFetch> of(StageSlot stage) {
    return whole().filter(stage::equals).flatMap(_ -> present()).map(Present::weights);
  }

  /// The stage whose weights are all here.
  Optional<StageSlot> whole() {
    return present().filter(it -> it.weights.isWhole()).map(Present::slot);
  }

  List<AuditorEffect> requests() {
    return present().stream()
        .flatMap(it -> it.weights.requests().stream())
        .<AuditorEffect>map(AuditorEffect.FetchData::new)
        .toList();
  }

  void fetched(Hash manifest, ByteSource data) {
    present().ifPresent(it -> it.weights.fetched(manifest, data));
  }

  /// It did not come: others first, then again.
  void missed(Hash manifest) {
    present()
        .filter(it -> it.weights.awaits(manifest))
        .ifPresent(it -> {
          failures.merge(it.slot, 1, Integer::sum);
          it.weights.again();
        });
  }

  /// What is to be done with what came, and for which stage.
  Optional<Task> next() {
    return present().flatMap(it -> it.weights.next());
  }

  StageSlot slot() {
    return present().orElseThrow().slot;
  }

  /// What is wrong with the weights, for good; empty when nothing is.
  String computed(Outcome.OfBase outcome) {
    return present().map(it -> it.weights.computed(outcome)).orElse("");
  }

  /// Gives its memory back. Only while no task uses it.
  void drop() {
    present().ifPresent(it -> it.weights.work().drop());
    present = null;
  }
}
