package nimble.training.fault;

import java.util.function.Predicate;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.VerdictVote;
import nimble.chain.AuditId;
import nimble.chain.WorkCall;
import nimble.ledger.BlockBuilder;
import nimble.ledger.StateView;
import nimble.training.Jobs;
import nimble.types.Address;

/// A leader that would rather forget what auditors say about some miners.
///
/// @param friends their accounts
public record Censor(Predicate<Address> friends) implements BlockBuilder.Choice {
  @Override
  public boolean takes(StateView state, WorkCall call) {
    return switch (call) {
      case AuditCommit it -> !isAboutFriend(state, it.audit());
      case AuditReveal it -> !isAboutFriend(state, it.audit());
      case VerdictVote it -> !isAboutFriend(state, it.audit());
      default -> true;
    };
  }

  private boolean isAboutFriend(StateView state, AuditId audit) {
    return Jobs.audit(state, audit).filter(it -> friends.test(it.miner())).isPresent();
  }
}
