package nimble.training.role;

import java.util.List;
import java.util.Optional;
import nimble.codec.ByteSource;
import nimble.training.spec.BaseSpec;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// Brings a stage's part of the base here (R25): its description first, then each part, one in
/// memory at a time.
public final class BaseFetch {
  private final Optional<Hash> description;
  private List<Hash> parts = List.of();
  private boolean begun;
  private boolean broken;
  private int taken;
  private boolean asked;
  private boolean busy;
  private @Nullable ByteSource here;

  /// @param base empty where the stage is on none: then there is nothing to bring
  public BaseFetch(Optional<BaseSpec> base) {
    description = base.map(BaseSpec::manifest);
  }

  /// All is here, or there is nothing to bring.
  public boolean isWhole() {
    return description.isEmpty() || (begun && taken == parts.size());
  }

  /// There is memory for it.
  public boolean isBegun() {
    return begun;
  }

  /// Something of it is here, for [#next] to take in.
  public boolean hasCome() {
    return here != null && !busy;
  }

  /// It cannot be had, ever: this is not a base of the model.
  public boolean isBroken() {
    return broken;
  }

  /// What to gather now; said once.
  public Optional<Hash> request() {
    Optional<Hash> next = asked ? Optional.empty() : wanted();
    asked = asked || next.isPresent();
    return next;
  }

  private Optional<Hash> wanted() {
    if (broken || isWhole() || here != null || busy) {
      return Optional.empty();
    }
    return begun ? Optional.of(parts.get(taken)) : description;
  }

  /// It is what is missing next, whether or not it was asked for.
  public boolean wants(Hash manifest) {
    return wanted().equals(Optional.of(manifest));
  }

  /// False when it is somebody else's.
  public boolean fetched(Hash manifest, ByteSource blob) {
    if (!asked || !wants(manifest)) {
      return false;
    }
    here = blob;
    asked = false;
    return true;
  }

  /// It did not come: to be asked for again.
  public void again() {
    asked = false;
  }

  /// Takes what came into `work`; empty while nothing did, or while it is busy.
  public Optional<Task> next(BaseWork work) {
    ByteSource blob = here;
    if (blob == null || busy) {
      return Optional.empty();
    }
    busy = true;
    here = null;
    boolean first = !begun;
    return Optional.of(() -> first ? work.begin(blob) : work.take(blob));
  }

  /// What is wrong with the base; empty when nothing is.
  public String computed(Outcome.OfBase outcome) {
    busy = false;
    switch (outcome) {
      case Outcome.BaseBegun(List<Hash> named, String problem) -> {
        parts = named;
        begun = problem.isEmpty();
      }
      case Outcome.BaseTaken(String problem) -> taken += problem.isEmpty() ? 1 : 0;
    }
    broken = !outcome.problem().isEmpty();
    return outcome.problem();
  }

  /// What there was is gone, or what is under way is of no use: from the beginning.
  public void restart() {
    begun = false;
    taken = 0;
    parts = List.of();
    here = null;
    asked = false;
    busy = false;
  }
}
