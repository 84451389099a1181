package nimble.node.sim;

import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.ValidatorSet;
import nimble.ledger.Accounts;
import nimble.ledger.Punishment;
import nimble.ledger.Punishments;
import nimble.ledger.Registration;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.node.Node;
import nimble.types.Address;

/// What becomes of a validator that votes twice (W15).
final class Downfall implements Referee.Audience {
  private static final long PERMILLE = 1_000;

  private final Trace trace;
  private final Address culprit;
  private Optional<Punishment> punishment = Optional.empty();
  private long stakeBefore;
  private long outSinceEpoch = Long.MAX_VALUE;

  /// @param stake of the culprit at genesis
  Downfall(Trace trace, Address culprit, long stake) {
    this.stakeBefore = stake;
    this.trace = trace;
    this.culprit = culprit;
  }

  @Override
  public void finalized(Block block, Node by) {
    StateView state = by.chain().liveState();
    long epoch = block.header().epoch();
    long stake = Accounts.get(state, culprit).stake();
    if (punishment.isEmpty()) {
      punishment = Punishments.of(state, culprit);
      punishment.ifPresent(it -> punished(state, it, stake));
      stakeBefore = stake;
    }
    boolean votes = votes(by, epoch);
    if (!votes && outSinceEpoch == Long.MAX_VALUE) {
      outSinceEpoch = epoch;
      trace.tell("who voted twice does not vote from epoch %d on".formatted(epoch));
    }
    Referee.check(votes == (epoch < outSinceEpoch), "%s votes again", culprit);
  }

  private void punished(StateView state, Punishment found, long stake) {
    trace.tell(
        "who voted twice in view %d of epoch %d loses %d permille"
            .formatted(found.view(), found.epoch(), found.permille()));
    long left = stakeBefore - stakeBefore * found.permille() / PERMILLE;
    Referee.check(stake < stakeBefore && stake >= left, "%d of %d are left", stake, stakeBefore);
    Referee.check(
        Validators.get(state, culprit)
            .filter(it -> it.standing() == Registration.Standing.EXPELLED)
            .isPresent(),
        "%s is not expelled",
        culprit);
  }

  private boolean votes(Node by, long epoch) {
    return by.chain()
        .epoch(epoch)
        .filter(it ->
            it.set().validators().stream()
                .map(ValidatorSet.Validator::account)
                .anyMatch(culprit::equals))
        .isPresent();
  }

  /// It is out, since an epoch or more.
  boolean isOver(long epoch) {
    return punishment.isPresent() && epoch > outSinceEpoch;
  }

  Address culprit() {
    return culprit;
  }
}
