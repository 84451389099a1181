package nimble.training;

import java.util.ArrayList;
import java.util.List;
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
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Math128;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// What hosts and gateways say on chain, and what a block does with deployments (S4 to S7).
public final class Serving {
  private static final int TURN_MAX = 0xffff;
  private static final long THOUSAND = 1_000;

  private Serving() {}

  static Slot slot(StateView state, ServeCall call) {
    Optional<Deployment> deployment = Deployments.load(state, call.job());
    if (deployment.isEmpty()) {
      return new Slot.Closed("there is no deployment %s".formatted(call.job()));
    }
    return signerOf(state, deployment.get(), call)
        .<Slot>map(Slot.Open::new)
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
              .flatMap(miner -> Miners.get(state, miner))
              .map(miner -> miner.hotKey());
      case HostMissing missing ->
          takes(deployment, missing) ? Optional.of(deployment.order().gateway()) : Optional.empty();
      case ServeReceipt receipt ->
          account(deployment, receipt)
              .filter(it -> isWorth(deployment, it, receipt))
              .map(it -> deployment.order().gateway());
    };
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

  /// Of whom a receipt speaks: who has the seat, or had it.
  private record Payee(
      Address miner, long pricePer1k, long operationsPer1k, Served served, boolean left) {}

  private static Optional<Payee> account(Deployment deployment, ServeReceipt receipt) {
    Optional<Payee> present =
        deployment
            .seat(receipt.slot())
            .filter(seat -> seat.attempt() == receipt.attempt() && seat.miner().isPresent())
            .map(seat ->
                new Payee(
                    seat.miner().orElseThrow(),
                    seat.pricePer1k(),
                    seat.operationsPer1k(),
                    seat.served(),
                    false));
    return present.or(() ->
        deployment.former().stream()
            .filter(host -> isOf(receipt, host))
            .findFirst()
            .map(host ->
                new Payee(
                    host.miner(), host.pricePer1k(), host.operationsPer1k(), host.served(), true)));
  }

  private static boolean isOf(ServeReceipt receipt, FormerHost host) {
    return host.stage() == receipt.slot().stage()
        && host.replica() == receipt.slot().replica()
        && host.attempt() == receipt.attempt();
  }

  /// S6.
  private static boolean isWorth(Deployment deployment, Payee payee, ServeReceipt receipt) {
    if (receipt.tokens() <= payee.served().tokens() || receipt.tokens() > Served.TOKENS_MAX) {
      return false;
    }
    boolean last = payee.left() || deployment.phase() == Deployment.Phase.ENDING;
    long due = Served.price(receipt.tokens(), payee.pricePer1k()) - payee.served().paid();
    return deployment.phase() != Deployment.Phase.ENDED
        && (last || due >= deployment.order().receiptLeast());
  }

  static void fill(Overlay state, BlockContext context, ServeCall call) {
    Seating seating = Seating.of(state, context, call.job());
    int seat = seating.deployment().index(call.slot());
    switch (call) {
      case HostReady _ ->
          seating.set(
              seating.deployment().with(seat, seating.deployment().seats().get(seat).here()));
      case HostMissing missing -> called(seating, context, missing);
      case ServeReceipt receipt -> settled(state, context, seating, receipt);
    }
    seating.save();
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

  /// S6: never more than the escrow holds, and never twice.
  private static void settled(
      Overlay state, BlockContext context, Seating seating, ServeReceipt receipt) {
    Deployment deployment = seating.deployment();
    Payee payee = account(deployment, receipt).orElseThrow();
    Served before = payee.served();
    long held = Escrows.get(state, deployment.id()).map(Escrow::budget).orElse(0L);
    long due = Served.price(receipt.tokens(), payee.pricePer1k()) - before.paid();
    long pay = Math.min(due, held);
    long operations =
        Math128.mulDiv(receipt.tokens() - before.tokens(), payee.operationsPer1k(), THOUSAND);
    Escrows.pay(state, context, receipt.slot(), payee.miner(), operations, pay);
    if (receipt.slot().stage() == deployment.depth() - 1) {
      long royalty = deployment.order().royaltyPer1k();
      long owed = Served.price(receipt.tokens(), royalty) - Served.price(before.tokens(), royalty);
      Escrows.give(state, deployment.id(), deployment.order().payee(), Math.min(owed, held - pay));
    }
    // What the escrow cannot pay any more is lost, not owed.
    Served after = new Served(receipt.tokens(), before.paid() + due, receipt.root());
    seating.set(
        payee.left() ? former(deployment, receipt, after) : present(deployment, receipt, after));
  }

  private static Deployment present(Deployment deployment, ServeReceipt receipt, Served after) {
    int seat = deployment.index(receipt.slot());
    return deployment.with(seat, deployment.seats().get(seat).serve(after));
  }

  private static Deployment former(Deployment deployment, ServeReceipt receipt, Served after) {
    List<FormerHost> hosts = new ArrayList<>();
    for (FormerHost host : deployment.former()) {
      hosts.add(isOf(receipt, host) ? host.serve(after) : host);
    }
    return deployment.withFormer(hosts);
  }

  static void endOfBlock(Overlay state, BlockContext context) {
    for (JobId id : Deployments.active(state)) {
      Seating seating = Seating.of(state, context, id);
      Deployment before = seating.deployment();
      switch (before.phase()) {
        case ACTIVE -> active(state, context, seating);
        case ENDING -> {
          if (before.due().reachedAt(context.now())) {
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
