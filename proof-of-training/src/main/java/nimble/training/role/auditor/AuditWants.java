package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditId;
import nimble.chain.WorkCall;
import nimble.training.role.AuditorEffect;
import nimble.training.role.Calls;
import nimble.types.Moment;

/// What an auditor wants done about one audit: effects as they come up, the call that the chain
/// waits for, and to be woken when nobody has answered for a while.
final class AuditWants {
  private static final long RETRY_MILLIS = 1_000;

  private final AuditId audit;
  private final Calls calls = new Calls();
  private final List<AuditorEffect> effects = new ArrayList<>();
  private boolean waiting;

  AuditWants(AuditId audit) {
    this.audit = audit;
  }

  void add(AuditorEffect effect) {
    effects.add(effect);
  }

  /// Whether something was asked for, and there is still time to answer.
  boolean isWaiting() {
    return waiting;
  }

  void waitAWhile() {
    if (!waiting) {
      waiting = true;
      effects.add(new AuditorEffect.StartTimer(audit, RETRY_MILLIS));
    }
  }

  /// The answer is here, or it is too late for it.
  void waitNoLonger() {
    waiting = false;
  }

  /// What has come up, and `due` unless it is on its way; another time it will be empty.
  List<AuditorEffect> take(Optional<? extends WorkCall> due, Moment now) {
    due.ifPresentOrElse(
        call -> calls.due(call, now).map(AuditorEffect.Submit::new).ifPresent(effects::add),
        calls::none);
    List<AuditorEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }
}
