package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.ledger.BlockContext;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.ledger.Overlay;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.vm.StageSpec;

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
    List<StageSpec> stages =
        Jobs.spec(state, deployment.order().trained()).orElseThrow().stageSpecs();
    for (int seat = 0; seat < deployment.seats().size(); seat++) {
      if (deployment.seats().get(seat).miner().isEmpty()) {
        StageSlot slot = deployment.slot(seat);
        ServeNeed need = ServeNeed.of(stages.get(slot.stage()));
        Placement.Result result =
            Placement.of(
                state,
                context.parameters(),
                Candidate.all(state, context.height(), context.epoch()),
                deployment,
                need,
                Placement.cap(deployment, slot));
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

  /// S4: who is late loses the seat, and others are looked for.
  void overdue() {
    for (int seat = 0; seat < deployment.seats().size(); seat++) {
      HostedStage held = deployment.seats().get(seat);
      if (held.isLate(context.now())) {
        Strikes.add(state, held.miner().orElseThrow(), context.epoch());
        vacate(seat);
      }
    }
  }

  private void vacate(int seat) {
    HostedStage held = deployment.seats().get(seat);
    Address miner = held.miner().orElseThrow();
    StageSlot slot = deployment.slot(seat);
    leave(slot, miner);
    List<FormerHost> former = new ArrayList<>(deployment.former());
    former.add(
        new FormerHost(
            slot.stage(),
            slot.replica(),
            held.attempt(),
            miner,
            held.pricePer1k(),
            held.operationsPer1k(),
            held.served()));
    deployment =
        deployment
            .with(seat, HostedStage.vacant(held.attempt() + 1, held.turn()))
            .withFormer(former);
  }

  private void leave(StageSlot slot, Address miner) {
    Bonds.unlock(state, slot, miner);
    Deployments.leave(state, miner, slot);
  }

  /// S7: nothing more is served; receipts still count until then.
  void end(String reason) {
    Moment paidUntil = context.parameters().training().window().after(context.now());
    deployment = deployment.end(paidUntil, reason);
  }

  /// S7: all seats are free, and what is left goes back.
  void finish() {
    for (int seat = 0; seat < deployment.seats().size(); seat++) {
      StageSlot slot = deployment.slot(seat);
      deployment.seats().get(seat).miner().ifPresent(miner -> leave(slot, miner));
    }
    Escrows.refund(state, deployment.id(), deployment.order().sender());
    deployment = deployment.over();
    Deployments.putActive(
        state,
        Deployments.active(state).stream().filter(id -> !id.equals(deployment.id())).toList());
  }
}
