package nimble.training.role;

import java.util.Optional;
import nimble.chain.WorkCall;
import nimble.types.Moment;
import nimble.types.Span;
import org.jspecify.annotations.Nullable;

/// The work call that a slot wants to see on chain, sent again while it does not.
public final class Calls {
  private static final Span PATIENCE = new Span(2_000, 5);

  private @Nullable WorkCall wanted;
  private Moment again = new Moment(0, 0);

  /// The call, when it is to be submitted at `now`.
  public Optional<WorkCall> due(WorkCall call, Moment now) {
    if (call.equals(wanted) && !again.reachedAt(now)) {
      return Optional.empty();
    }
    wanted = call;
    again = PATIENCE.after(now);
    return Optional.of(call);
  }

  /// Nothing is wanted for now.
  public void none() {
    wanted = null;
  }
}
