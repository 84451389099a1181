package nimble.ledger;

import java.util.Optional;
import nimble.chain.JobCall;
import nimble.chain.ModelCall;
import nimble.chain.Receipt.Outcome;
import nimble.chain.WorkCall;
import nimble.types.Address;

/// Rules that refuse every job with the same words.
record WordyRules(String reason) implements JobRules {
  @Override
  public Outcome apply(Overlay state, BlockContext context, Address sender, ModelCall call) {
    return new Outcome.Rejected("no models here");
  }

  @Override
  public Outcome apply(Overlay state, BlockContext context, Address sender, JobCall call) {
    return new Outcome.Rejected(reason);
  }

  @Override
  public Slot slot(StateView state, WorkCall.OfJob call) {
    return new Slot.Closed(reason);
  }

  @Override
  public Optional<String> fill(Overlay state, BlockContext context, WorkCall.OfJob call) {
    throw new AssertionError("no slot is open");
  }

  @Override
  public void endOfBlock(Overlay state, BlockContext context) {
    // There are no jobs.
  }
}
