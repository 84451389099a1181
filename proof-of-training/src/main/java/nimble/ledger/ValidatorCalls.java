package nimble.ledger;

import java.util.Comparator;
import java.util.Optional;
import nimble.chain.Receipt.Outcome;
import nimble.chain.StakeCall.ValidatorRegister;
import nimble.crypto.Bls;
import nimble.ledger.Registration.Standing;
import nimble.types.Address;

/// Who stands for election, and who does not (L24).
final class ValidatorCalls {
  private ValidatorCalls() {}

  static Outcome register(
      Overlay state, BlockContext context, Address sender, ValidatorRegister call) {
    long least = context.parameters().consensus().validatorStakeMin();
    long stake = Accounts.get(state, sender).stake();
    Optional<Registration> old = Validators.get(state, sender);
    if (old.filter(it -> it.standing() == Standing.EXPELLED).isPresent()) {
      return Calls.rejected("%s signed twice and may never register again", sender);
    }
    if (stake < least) {
      return Calls.rejected("own stake is %d nim-units, it takes %d", stake, least);
    }
    if (isTaken(Validators.byHotKey(state, call.hotKey()), sender)) {
      return Calls.rejected("hot key %s belongs to another validator", call.hotKey());
    }
    if (isTaken(Validators.byVoteKey(state, call.voteKey()), sender)) {
      return Calls.rejected("vote key %s belongs to another validator", call.voteKey());
    }
    if (!Bls.verifyPossession(call.voteKey(), call.proof())) {
      return Calls.rejected("the proof of possession of the vote key does not hold");
    }
    if (!Validators.addresses(state).contains(sender) && !makeRoom(state, sender)) {
      return Calls.rejected(
          "%d with more stake stand for election already", Validators.REGISTERED_MAX);
    }
    Registration fresh = Registration.of(call.hotKey(), call.voteKey(), call.commissionPermille());
    // Neither new keys nor an exit end a jail.
    Validators.put(
        state,
        sender,
        old.filter(it -> it.jailedUntil() > 0)
            .map(it -> fresh.jailed(it.jailedUntil()))
            .orElse(fresh));
    return Calls.APPLIED;
  }

  private static boolean isTaken(Optional<Address> holder, Address sender) {
    return holder.isPresent() && !holder.get().equals(sender);
  }

  /// L5: beyond the bound the one with the least stake leaves.
  private static boolean makeRoom(Overlay state, Address sender) {
    if (Validators.addresses(state).size() < Validators.REGISTERED_MAX) {
      return true;
    }
    Validators.Validator least =
        Validators.registered(state).stream()
            .min(Comparator.comparingLong(it -> Validators.backing(state, it.address())))
            .orElseThrow();
    if (Validators.backing(state, least.address()) >= Validators.backing(state, sender)) {
      return false;
    }
    Validators.put(state, least.address(), least.registration().exited());
    return true;
  }

  static Outcome exit(Overlay state, Address sender) {
    Optional<Registration> old = Validators.get(state, sender).filter(Registration::stands);
    if (old.isEmpty()) {
      return Calls.rejected("%s does not stand for election", sender);
    }
    Validators.put(state, sender, old.get().exited());
    return Calls.APPLIED;
  }

  static Outcome unjail(Overlay state, BlockContext context, Address sender) {
    Optional<Registration> old =
        Validators.get(state, sender).filter(it -> it.standing() == Standing.JAILED);
    if (old.isEmpty()) {
      return Calls.rejected("%s is not jailed", sender);
    }
    if (context.epoch() < old.get().jailedUntil()) {
      return Calls.rejected(
          "jailed until epoch %d, this is %d", old.get().jailedUntil(), context.epoch());
    }
    Validators.put(state, sender, old.get().with(Standing.ACTIVE));
    return Calls.APPLIED;
  }
}
