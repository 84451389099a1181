package nimble.training;

import nimble.chain.ServeCall;
import nimble.chain.ServeCall.HostMissing;
import nimble.chain.ServeCall.HostReady;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.ledger.BlockContext;
import nimble.ledger.Escrow;
import nimble.ledger.Escrows;
import nimble.ledger.Overlay;
import nimble.training.spec.Limits;
import nimble.types.JobId;
import nimble.types.Moment;

/// What becomes of what hosts and gateways say, and what a block does with deployments (S4 to S7).
public final class Serving {
  private Serving() {}

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
          if (before.due().reachedAt(context.now())) {
            if (seating.deployment().owes()) {
              seating.set(seating.deployment().close());
            } else {
              seating.finish();
            }
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
    } else if (deployment.isWornOut()) {
      seating.end("%d hosts lost one of its seats".formatted(Deployment.ATTEMPTS_MAX));
    } else {
      seating.overdue();
      if (context.height() % Limits.SEEK_BLOCKS == 0) {
        seating.fill();
      }
    }
  }
}
