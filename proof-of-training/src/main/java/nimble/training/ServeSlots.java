package nimble.training;

import java.util.Optional;
import nimble.chain.ServeCall;
import nimble.chain.ServeCall.HostMissing;
import nimble.chain.ServeCall.HostReady;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.StageSlot;
import nimble.ledger.Slot;
import nimble.ledger.StateView;
import nimble.types.PublicKey;

/// Which words about deployments the chain waits for, and whose they are (S4 to S6, S9).
final class ServeSlots {
  private static final int TURN_MAX = 0xffff;

  /// Positions of one receipt.
  private static final long BATCH_MAX = Integer.MAX_VALUE;

  private ServeSlots() {}

  static Slot.Open of(StateView state, ServeCall call) throws NotAwaited {
    Deployment deployment =
        Deployments.load(state, call.job())
            .orElseThrow(() -> NotAwaited.because("there is no deployment %s", call.job()));
    checkPlace(deployment, call.slot());
    PublicKey gateway = deployment.order().gateway();
    PublicKey signer =
        switch (call) {
          case HostReady ready -> {
            HostedStage seat = seat(deployment, ready);
            checkReady(seat, ready);
            yield AuditSlots.miner(state, seat.miner().orElseThrow());
          }
          case HostMissing missing -> {
            checkRoll(deployment, seat(deployment, missing), missing);
            yield gateway;
          }
          case ServeReceipt receipt -> {
            HostAccount account = account(deployment, receipt);
            checkReceipt(deployment, account, receipt.tokens());
            yield AuditSlots.miner(state, account.miner());
          }
        };
    return new Slot.Open(signer, Optional.of(gateway));
  }

  private static void checkPlace(Deployment deployment, StageSlot slot) throws NotAwaited {
    NotAwaited.unless(deployment.phase() != Deployment.Phase.ENDED, "%s", deployment.words());
    NotAwaited.unless(
        deployment.seat(slot).isPresent(),
        "deployment %s has stages 0 to %d, replicas 0 to %d",
        deployment.id(),
        deployment.depth() - 1,
        deployment.replicas() - 1);
  }

  /// Of a host that is in it now.
  private static HostedStage seat(Deployment deployment, ServeCall call) throws NotAwaited {
    NotAwaited.unless(
        deployment.phase() == Deployment.Phase.ACTIVE,
        "%s: nobody serves it any more",
        deployment.words());
    HostedStage seat = deployment.seat(call.slot()).orElseThrow();
    NotAwaited.unless(
        call.attempt() == seat.attempt(),
        "attempt %d, the seat is at %d",
        call.attempt(),
        seat.attempt());
    NotAwaited.unless(seat.miner().isPresent(), "nobody has the seat");
    return seat;
  }

  /// S4, S5.
  private static void checkReady(HostedStage seat, HostReady ready) throws NotAwaited {
    int called = seat.called() ? seat.turn() : 0;
    NotAwaited.unless(
        ready.turn() == called, "it answers roll call %d, not %d", ready.turn(), called);
    NotAwaited.unless(seat.called() || !seat.ready(), "%s has said so", seat.miner().orElseThrow());
  }

  /// S5.
  private static void checkRoll(Deployment deployment, HostedStage first, HostMissing missing)
      throws NotAwaited {
    NotAwaited.unless(missing.slot().stage() == 0, "a replica is called at its first stage");
    var replica = deployment.replica(missing.slot().replica());
    NotAwaited.unless(
        replica.stream().noneMatch(HostedStage::called), "roll call %d is open", first.turn());
    NotAwaited.unless(
        missing.turn() == first.turn() + 1 && missing.turn() < TURN_MAX,
        "roll call %d, the last was %d",
        missing.turn(),
        first.turn());
    NotAwaited.unless(
        replica.stream().anyMatch(HostedStage::serves), "nobody there has loaded its stage");
  }

  private static HostAccount account(Deployment deployment, ServeReceipt receipt)
      throws NotAwaited {
    return deployment
        .account(receipt.slot(), receipt.attempt())
        .orElseThrow(() -> NotAwaited.because("nobody is known by attempt %d", receipt.attempt()));
  }

  /// S6, S9.
  private static void checkReceipt(Deployment deployment, HostAccount account, long tokens)
      throws NotAwaited {
    Served served = account.served();
    NotAwaited.unless(deployment.takesReceipts(), "%s: it is too late", deployment.words());
    NotAwaited.unless(
        account.convicted().isEmpty(), "%s is convicted: %s", account.miner(), account.convicted());
    NotAwaited.unless(
        account.numericClass().isPresent(), "%s has not loaded its stage", account.miner());
    NotAwaited.unless(
        served.pending().isEmpty(),
        "the receipt of %d positions before it is not settled",
        served.claimed());
    NotAwaited.unless(
        tokens > served.tokens(), "%d positions, %d are settled", tokens, served.tokens());
    NotAwaited.unless(
        tokens <= Served.TOKENS_MAX && tokens - served.tokens() <= BATCH_MAX,
        "%d positions, a receipt adds %d at most and a host makes %d",
        tokens,
        BATCH_MAX,
        Served.TOKENS_MAX);
    // Whoever goes brings the rest, whatever it is worth.
    boolean last = deployment.hasLeft(account) || deployment.phase() == Deployment.Phase.ENDING;
    NotAwaited.unless(
        last || account.due(tokens) >= deployment.order().receiptLeast(),
        "a receipt is worth %d at least, this one %d",
        deployment.order().receiptLeast(),
        account.due(tokens));
  }
}
