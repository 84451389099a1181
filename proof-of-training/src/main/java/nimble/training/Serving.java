package nimble.training;

import java.util.Optional;
import nimble.chain.ServeCall;
import nimble.chain.ServeCall.HostMissing;
import nimble.chain.ServeCall.HostReady;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.ledger.BlockContext;
import nimble.ledger.Escrow;
import nimble.ledger.Escrows;
import nimble.ledger.Miners;
import nimble.ledger.Overlay;
import nimble.ledger.Slot;
import nimble.ledger.StateView;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// What hosts and gateways say on chain, and what a block does with deployments (S4 to S7).
public final class Serving {
  private static final int TURN_MAX = 0xffff;

  /// Positions of one receipt.
  private static final long BATCH_MAX = Integer.MAX_VALUE;

  private Serving() {}

  static Slot slot(StateView state, ServeCall call) {
    Optional<Deployment> deployment = Deployments.load(state, call.job());
    if (deployment.isEmpty()) {
      return new Slot.Closed("there is no deployment %s".formatted(call.job()));
    }
    return signerOf(state, deployment.get(), call)
        .<Slot>map(signer -> new Slot.Open(signer, Optional.of(deployment.get().order().gateway())))
        .orElseGet(() ->
            new Slot.Closed(
                "deployment %s is %s and does not wait for this word about %s"
                    .formatted(call.job(), deployment.get().phase(), call.slot())));
  }

  private static Optional<PublicKey> signerOf(
      StateView state, Deployment deployment, ServeCall call) {
    return switch (call) {
      case HostReady ready ->
          deployment
              .seat(ready.slot())
              .filter(seat -> deployment.phase() == Deployment.Phase.ACTIVE)
              .filter(seat -> seat.attempt() == ready.attempt() && takes(seat, ready))
              .flatMap(HostedStage::miner)
              .flatMap(miner -> hotKey(state, miner));
      case HostMissing missing ->
          takes(deployment, missing) ? Optional.of(deployment.order().gateway()) : Optional.empty();
      case ServeReceipt receipt ->
          deployment
              .account(receipt.slot(), receipt.attempt())
              .filter(it -> isWorth(deployment, it, receipt))
              .flatMap(it -> hotKey(state, it.miner()));
    };
  }

  private static Optional<PublicKey> hotKey(StateView state, Address miner) {
    return Miners.get(state, miner).map(it -> it.hotKey());
  }

  private static boolean takes(HostedStage seat, HostReady ready) {
    return seat.called() ? ready.turn() == seat.turn() : !seat.ready() && ready.turn() == 0;
  }

  /// S5.
  private static boolean takes(Deployment deployment, HostMissing missing) {
    Optional<HostedStage> first = deployment.seat(missing.slot());
    return deployment.phase() == Deployment.Phase.ACTIVE
        && missing.slot().stage() == 0
        && first.filter(seat -> seat.attempt() == missing.attempt()).isPresent()
        && missing.turn() == first.orElseThrow().turn() + 1
        && missing.turn() < TURN_MAX
        && deployment.replica(missing.slot().replica()).stream().noneMatch(HostedStage::called)
        && deployment.replica(missing.slot().replica()).stream().anyMatch(HostedStage::serves);
  }

  /// S6, S9.
  private static boolean isWorth(Deployment deployment, HostAccount account, ServeReceipt receipt) {
    Served served = account.served();
    if (receipt.tokens() <= served.tokens()
        || receipt.tokens() - served.tokens() > BATCH_MAX
        || receipt.tokens() > Served.TOKENS_MAX
        || served.pending().isPresent()
        || account.numericClass().isEmpty()
        || !account.convicted().isEmpty()) {
      return false;
    }
    boolean last = deployment.hasLeft(account) || deployment.phase() == Deployment.Phase.ENDING;
    return deployment.phase() != Deployment.Phase.ENDED
        && (last || account.due(receipt.tokens()) >= deployment.order().receiptLeast());
  }

  static void fill(Overlay state, BlockContext context, ServeCall call) {
    Seating seating = Seating.of(state, context, call.job());
    int seat = seating.deployment().index(call.slot());
    switch (call) {
      case HostReady ready ->
          seating.set(
              seating
                  .deployment()
                  .with(seat, seating.deployment().seats().get(seat).here(ready.numericClass())));
      case HostMissing missing -> called(seating, context, missing);
      case ServeReceipt receipt -> brought(seating, context, receipt);
    }
    seating.save();
  }

  /// S9: where nothing is audited it is paid at once.
  private static void brought(Seating seating, BlockContext context, ServeReceipt receipt) {
    Deployment deployment = seating.deployment();
    HostAccount account = deployment.account(receipt.slot(), receipt.attempt()).orElseThrow();
    Batch batch = new Batch(receipt.tokens(), receipt.root(), context.now(), false);
    HostAccount owed = account.serve(account.served().with(batch));
    seating.set(deployment.with(owed));
    if (context.parameters().training().auditorsPerStage() == 0) {
      seating.settle(owed, true);
    }
  }

  private static void called(Seating seating, BlockContext context, HostMissing missing) {
    Moment answers = context.parameters().training().auditReveal().after(context.now());
    int depth = seating.deployment().depth();
    int first = missing.slot().replica() * depth;
    for (int seat = first; seat < first + depth; seat++) {
      HostedStage asked = seating.deployment().seats().get(seat).call(missing.turn(), answers);
      seating.set(seating.deployment().with(seat, asked));
    }
  }

  static void endOfBlock(Overlay state, BlockContext context) {
    for (JobId id : Deployments.active(state)) {
      Seating seating = Seating.of(state, context, id);
      Deployment before = seating.deployment();
      ServeAudits.endOfBlock(seating);
      switch (before.phase()) {
        case ACTIVE -> active(state, context, seating);
        case ENDING -> {
          if (before.due().reachedAt(context.now()) && !seating.deployment().owes()) {
            seating.finish();
          }
        }
        case ENDED -> {}
      }
      if (!seating.deployment().equals(before)) {
        seating.save();
      }
    }
  }

  private static void active(Overlay state, BlockContext context, Seating seating) {
    Deployment deployment = seating.deployment();
    long held = Escrows.get(state, deployment.id()).map(Escrow::budget).orElse(0L);
    if (deployment.order().untilMillis() <= context.now().timeMillis()) {
      seating.end("its time is over");
    } else if (held < deployment.order().maxPricePer1k()) {
      seating.end("its escrow does not pay for 1,000 tokens any more");
    } else {
      seating.overdue();
      if (context.height() % Limits.SEEK_BLOCKS == 0) {
        seating.fill();
      }
    }
  }
}
