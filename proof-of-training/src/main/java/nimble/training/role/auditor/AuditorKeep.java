package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.ByteSource;
import nimble.training.role.AuditorEffect;
import nimble.training.role.Calls;
import nimble.training.role.KeepDuty;
import nimble.training.role.Task;
import nimble.types.Moment;
import nimble.types.Span;
import org.jspecify.annotations.Nullable;

/// One checkpoint that this validator keeps: fetches it, has it checked, says so on chain, and
/// serves it as long as the job may go back to it (R17).
final class AuditorKeep {
  private static final long RETRY_MILLIS = 2_000;

  private final Span patience;
  private final Calls calls = new Calls();
  private final List<AuditorEffect> effects = new ArrayList<>();
  private KeepDuty duty;
  private Moment now;
  private @Nullable ByteSource blob;
  private boolean fetching;
  private boolean checking;
  private boolean waiting;
  private boolean here;

  AuditorKeep(KeepDuty duty, Moment now, Span patience) {
    this.duty = duty;
    this.now = now;
    this.patience = patience;
  }

  /// The group in which a validator keeps it.
  static String group(KeepDuty duty) {
    StageSlot slot = duty.slot();
    return "%s%d-%d-%d-%d"
        .formatted(Auditor.KEEPS, slot.job().value(), slot.stage(), duty.attempt(), duty.round());
  }

  KeepDuty duty() {
    return duty;
  }

  void finalized(Moment moment, KeepDuty newest) {
    now = moment;
    duty = newest;
  }

  boolean wantsWork() {
    return !here;
  }

  /// Something of it is under way.
  boolean begun() {
    return fetching || checking || blob != null;
  }

  /// It failed a moment ago: others come first.
  boolean waits() {
    return waiting;
  }

  /// Also after a restart: what is on the shelf already is not sent again.
  void gather() {
    fetching = true;
    effects.add(
        new AuditorEffect.FetchEvidence(
            group(duty), duty.manifest(), duty.sources(), duty.bytes(), patience.millis()));
  }

  void fetched(ByteSource whole) {
    fetching = false;
    blob = whole;
  }

  void fetchFailed() {
    fetching = false;
    waiting = true;
    effects.add(new AuditorEffect.StartKeepTimer(group(duty), RETRY_MILLIS));
  }

  void timerFired() {
    waiting = false;
  }

  /// To be run once the blob is here.
  Optional<Task> task() {
    ByteSource whole = blob;
    if (whole == null || checking) {
      return Optional.empty();
    }
    checking = true;
    return Optional.of(duty.check(group(duty), whole));
  }

  /// A blob that is not the state stays unsaid: its miner answers for it.
  void checked(boolean right) {
    checking = false;
    blob = null;
    if (right) {
      here = true;
    } else {
      effects.add(new AuditorEffect.Drop(group(duty)));
      fetchFailed();
    }
  }

  List<AuditorEffect> effects() {
    if (here && !duty.kept()) {
      calls.due(duty.call(), now).map(AuditorEffect.Submit::new).ifPresent(effects::add);
    } else {
      calls.none();
    }
    List<AuditorEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }
}
