package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.ledger.BlockContext;
import nimble.ledger.Bonds;
import nimble.ledger.Escrow;
import nimble.ledger.Escrows;
import nimble.ledger.Overlay;
import nimble.types.JobId;
import nimble.types.Moment;

/// One change of one deployment: who hosts what (S3, S4, S7). Nothing of it is in state before
/// [#save].
final class Seating {
  private final Overlay state;
  private final BlockContext context;
  private Deployment deployment;

  Seating(Overlay state, BlockContext context, Deployment deployment) {
    this.state = state;
    this.context = context;
    this.deployment = deployment;
  }

  static Seating of(Overlay state, BlockContext context, JobId id) {
    Optional<Deployment> found = Deployments.load(state, id);
    Invariant.check(found.isPresent(), "deployment %s is missing", id);
    return new Seating(state, context, found.orElseThrow());
  }

  Deployment deployment() {
    return deployment;
  }

  void set(Deployment changed) {
    deployment = changed;
  }

  void save() {
    Deployments.put(state, deployment);
  }

  /// Gives every vacant seat to somebody.
  ///
  /// @return why one found nobody; empty when all are taken
  String fill() {
    List<ServedStage> stages = ServedModel.of(state, deployment.order().origin()).stages();
    for (int seat = 0; seat < deployment.seats().size(); seat++) {
      if (deployment.seats().get(seat).miner().isEmpty()) {
        StageSlot slot = deployment.slot(seat);
        ServeNeed need = ServeNeed.of(stages.get(slot.stage()).spec());
        Placement.Result result =
            Placement.of(
                state,
                context.parameters(),
                Candidates.all(state, context.height(), context.epoch()),
                deployment,
                slot,
                need);
        if (result.choice().isEmpty()) {
          return "nobody for stage %d, replica %d: %s"
              .formatted(slot.stage(), slot.replica(), result.failure());
        }
        place(seat, result.choice().get(), need);
      }
    }
    return "";
  }

  private void place(int seat, Placement.Choice choice, ServeNeed need) {
    StageSlot slot = deployment.slot(seat);
    boolean locked = Bonds.lock(state, slot, choice.miner(), choice.bond(), choice.bond());
    Invariant.check(locked, "%s has no bond for %s", choice.miner(), slot);
    Deployments.host(state, choice.miner(), new Deployments.Hosted(slot, need.memoryBytes()));
    Moment loads = need.loads(context.parameters().training().accept()).after(context.now());
    deployment = deployment.with(seat, deployment.seats().get(seat).place(choice, need, loads));
  }

  Overlay state() {
    return state;
  }

  BlockContext context() {
    return context;
  }

  /// S4: who is late loses the seat, and others are looked for. Nobody is struck for weights that
  /// nobody has shown to be there (S13).
  void overdue() {
    for (int seat = 0; seat < deployment.seats().size(); seat++) {
      HostedStage held = deployment.seats().get(seat);
      if (held.isLate(context.now()) && deployment.hasRoom()) {
        if (deployment.hasLoaded(seat % deployment.depth())) {
          Strikes.add(state, held.miner().orElseThrow(), context.epoch());
        }
        vacate(HostAccount.of(deployment.slot(seat), held));
      }
    }
  }

  /// The bond of who has something unsettled answers for it until then (S9).
  void vacate(HostAccount account) {
    StageSlot slot = account.slot(deployment.id());
    int seat = deployment.index(slot);
    HostedStage held = deployment.seats().get(seat);
    Deployments.leave(state, account.miner(), slot);
    if (account.served().pending().isEmpty()) {
      Bonds.unlock(state, slot, account.miner());
    }
    List<HostAccount> former = new ArrayList<>(deployment.former());
    former.add(account);
    deployment =
        deployment
            .with(seat, HostedStage.vacant(held.attempt() + 1, held.turn()))
            .withFormer(former);
  }

  /// S6, S9: nothing of the batch is open any more. Pays never more than the escrow holds.
  void settle(HostAccount account, boolean pays) {
    Batch batch = account.served().pending().orElseThrow();
    StageSlot slot = account.slot(deployment.id());
    long due = account.due(batch.tokens());
    if (pays) {
      pay(account, slot, batch.tokens(), due);
    }
    // What the escrow cannot pay any more is lost, not owed.
    Served after = new Served(batch.tokens(), account.served().paid() + due, Optional.empty());
    deployment = deployment.with(account.serve(after));
    boolean again =
        deployment.seat(slot).flatMap(HostedStage::miner).equals(Optional.of(account.miner()));
    if (deployment.hasLeft(account) && !again) {
      Bonds.unlock(state, slot, account.miner());
    }
  }

  private void pay(HostAccount account, StageSlot slot, long tokens, long due) {
    long before = account.served().tokens();
    long held = Escrows.get(state, deployment.id()).map(Escrow::budget).orElse(0L);
    long pay = Math.min(due, held);
    // They are priced in operations as in nim-units, and as little bounded.
    long operations = Served.price(tokens - before, account.operationsPer1k());
    Escrows.pay(state, context, slot, account.miner(), operations, pay);
    if (slot.stage() == deployment.depth() - 1) {
      long royalty = deployment.order().royaltyPer1k();
      long owed = Served.price(tokens, royalty) - Served.price(before, royalty);
      Escrows.give(state, deployment.id(), deployment.order().payee(), Math.min(owed, held - pay));
    }
  }

  /// S7: nothing more is served; receipts still count until then.
  void end(String reason) {
    Moment paidUntil = context.parameters().training().window().after(context.now());
    deployment = deployment.end(paidUntil, reason);
  }

  /// S7: all seats are free, and what is left goes back.
  void finish() {
    ServeAudits.forget(state, deployment);
    for (int seat = 0; seat < deployment.seats().size(); seat++) {
      StageSlot slot = deployment.slot(seat);
      deployment
          .seats()
          .get(seat)
          .miner()
          .ifPresent(miner -> {
            Bonds.unlock(state, slot, miner);
            Deployments.leave(state, miner, slot);
          });
    }
    Escrows.refund(state, deployment.id(), deployment.order().sender());
    deployment = deployment.over();
    Deployments.putActive(
        state,
        Deployments.active(state).stream().filter(id -> !id.equals(deployment.id())).toList());
  }
}
