package nimble.training.role.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.ByteSource;
import nimble.training.ServedStage;
import nimble.training.role.BaseFetch;
import nimble.training.role.BaseWork;
import nimble.training.role.Outcome;
import nimble.training.role.Task;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// Brings a served stage's weights here (R25, R29): what a job made of it, what that is on, or the
/// base alone.
public final class WeightsFetch {
  private final ServedStage stage;
  private final BaseWork work;
  private final BaseFetch base;
  private @Nullable ByteSource checkpoint;
  private boolean asked;

  /// @param work where the base's parts come in
  public WeightsFetch(ServedStage stage, BaseWork work) {
    this.stage = stage;
    this.work = work;
    base = new BaseFetch(stage.base());
  }

  /// Where the base's parts are; whole when all is here.
  public BaseWork work() {
    return work;
  }

  /// The checkpoint, if there is one, and all of the base are here.
  public boolean isWhole() {
    return !lacks() && base.isWhole();
  }

  private boolean lacks() {
    return stage.trained().isPresent() && checkpoint == null;
  }

  /// What a job made; empty when the base is all.
  public Optional<ByteSource> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  /// The same, and keeps it no longer.
  Optional<ByteSource> take() {
    Optional<ByteSource> taken = checkpoint();
    checkpoint = null;
    return taken;
  }

  /// What to gather now; each is said once.
  public List<Hash> requests() {
    List<Hash> all = new ArrayList<>();
    if (lacks() && !asked) {
      asked = true;
      stage.trained().ifPresent(it -> all.add(it.checkpoint()));
    }
    base.request().ifPresent(all::add);
    return all;
  }

  /// It is the checkpoint, or what the base needs next, and not here.
  public boolean awaits(Hash manifest) {
    return base.wants(manifest) || (lacks() && isCheckpoint(manifest));
  }

  private boolean isCheckpoint(Hash manifest) {
    return stage.trained().map(it -> it.checkpoint().equals(manifest)).orElse(false);
  }

  /// What came for [#requests]; what nobody awaits changes nothing.
  public void fetched(Hash manifest, ByteSource data) {
    if (!base.fetched(manifest, data) && lacks() && isCheckpoint(manifest)) {
      checkpoint = data;
    }
  }

  /// What did not come is to be asked for again.
  public void again() {
    asked = false;
    base.again();
  }

  /// Takes a part of the base that came; empty while there is none.
  public Optional<Task> next() {
    return base.next(work);
  }

  /// What is wrong with the base; empty when nothing is.
  public String computed(Outcome.OfBase outcome) {
    return base.computed(outcome);
  }
}
