package nimble.ledger;

import java.util.Optional;
import nimble.chain.MinerCall;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.Receipt.Outcome;
import nimble.types.Address;

/// What miners' accounts ask.
final class MinerCalls {
  private MinerCalls() {}

  static Outcome apply(Overlay state, BlockContext context, Address sender, MinerCall call) {
    return switch (call) {
      case MinerRegister register -> register(state, sender, register);
      case OfferPut put -> put(state, context, sender, put);
      case MinerCall.OfferWithdraw() -> withdraw(state, sender);
      case MinerCall.BondAdd(long amount) -> StakeCalls.addBond(state, sender, amount);
      case MinerCall.BondRemove(long amount) ->
          StakeCalls.removeBond(state, context, sender, amount);
    };
  }

  private static Outcome register(Overlay state, Address sender, MinerRegister call) {
    Optional<Address> holder = Miners.byHotKey(state, call.hotKey());
    if (holder.isPresent() && !holder.get().equals(sender)) {
      return Calls.rejected("hot key %s belongs to miner %s", call.hotKey(), holder.get());
    }
    if (Validators.get(state, call.validator()).isEmpty()) {
      return Calls.rejected("%s is no validator", call.validator());
    }
    if (!isPrintable(call.displayName()) || !isPrintable(call.endpoint())) {
      return Calls.rejected("display name or endpoint holds control characters");
    }
    Miners.put(
        state,
        sender,
        new Miner(call.hotKey(), call.validator(), call.displayName(), call.endpoint()));
    return Calls.APPLIED;
  }

  private static Outcome put(Overlay state, BlockContext context, Address sender, OfferPut terms) {
    if (Miners.get(state, sender).isEmpty()) {
      return Calls.rejected("%s is not registered as a miner", sender);
    }
    if (!isPrintable(terms.deviceName())) {
      return Calls.rejected("device name holds control characters");
    }
    Optional<Offer> old = Offers.of(state, sender);
    long deposit = context.parameters().block().offerDeposit();
    if (old.isEmpty()) {
      if (!Accounts.take(state, sender, deposit)) {
        return Calls.rejected(
            "an offer takes a deposit of %d nim-units, the balance after the fee is %d",
            deposit, Accounts.get(state, sender).balance());
      }
      Supply.change(state, supply -> supply.addDeposits(deposit));
    }
    long held = old.map(Offer::deposit).orElse(deposit);
    Offers.put(state, new Offer(Offers.nextId(state), sender, context.height(), held, terms));
    return keepBound(state, sender);
  }

  /// L11: beyond the bound the dearest offer falls out, with its deposit.
  private static Outcome keepBound(Overlay state, Address sender) {
    if (OfferIndex.size(state) <= OfferIndex.OFFERS_MAX) {
      return Calls.APPLIED;
    }
    Address dearest = OfferIndex.dearest(state).orElseThrow().miner();
    if (dearest.equals(sender)) {
      return Calls.rejected("%d cheaper offers stand already", OfferIndex.OFFERS_MAX);
    }
    return withdraw(state, dearest);
  }

  private static Outcome withdraw(Overlay state, Address miner) {
    Optional<Offer> offer = Offers.of(state, miner);
    if (offer.isEmpty()) {
      return Calls.rejected("%s has no offer", miner);
    }
    Offers.remove(state, miner);
    Supply.change(state, supply -> supply.addDeposits(-offer.get().deposit()));
    Accounts.give(state, miner, offer.get().deposit());
    return Calls.APPLIED;
  }

  private static boolean isPrintable(String text) {
    return text.codePoints().noneMatch(Character::isISOControl);
  }
}
