package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.ledger.Overlay;
import nimble.training.spec.BroughtModel;
import nimble.types.JobId;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;

/// What hosts and gateways can count up without working for it.
final class ServingBoundsTest {
  /// Weights that nobody can have cost each host its seat, and no strike keeps it from the next.
  @Test
  void s4ADeploymentEndsBeforeItsHostsCannotBeCounted() {
    World world = new World(10, 20, 30, 40);
    world.done(World.DEVELOPER, DeploymentsTest.bring(Specs.brought(1).encode()));
    JobId id = DeploymentsTest.deploy(world, 1);
    HostedStage seat = DeploymentsTest.deployment(world, id).seats().getFirst();
    Overlay later = new Overlay(world.state());
    Deployments.put(
        later,
        DeploymentsTest.deployment(world, id)
            .with(
                0,
                new HostedStage(
                    0xffff,
                    seat.miner(),
                    seat.pricePer1k(),
                    seat.operationsPer1k(),
                    seat.memoryBytes(),
                    false,
                    Optional.empty(),
                    0,
                    false,
                    seat.due(),
                    Served.NOTHING)));
    world.override(later);
    world.idle(3_000);
    assertEquals(Deployment.Phase.ENDED, DeploymentsTest.deployment(world, id).phase());
    assertEquals(
        "32768 hosts lost one of its seats", DeploymentsTest.deployment(world, id).reason());
  }

  /// Gateway and host may be one, and the price next to nothing.
  @Test
  void s6NoNumberOfTokensIsMoreThanABlockCanCount() {
    World world = new World(10);
    OfferPut large = new OfferPut(Device.CPU, "cpu", 1L << 60, 1L << 40, 1);
    world.done(World.FIRST_MINER, large);
    ModelSpec model = new Gpt(256, ModelSpec.CONTEXT_MAX, 38, 1, 1_024, false).spec();
    BroughtModel heavy = new BroughtModel(model, Specs.brought(0).base(), new Cuts(List.of()));
    world.done(World.DEVELOPER, DeploymentsTest.bring(heavy.encode()));
    JobId id = DeploymentsTest.deploy(world, 1);
    DeploymentsTest.allReady(world, id);
    for (long receipts = 1; receipts <= 2; receipts++) {
      long tokens = receipts * Integer.MAX_VALUE;
      world.work(DeploymentsTest.receipt(id, 0, 0, tokens));
      assertEquals(
          tokens, DeploymentsTest.deployment(world, id).seats().getFirst().served().tokens());
    }
    AuditSums most = AuditSums.NONE.spend(Long.MAX_VALUE);
    assertEquals(most, most.spend(1));
    Earned all = new Earned(1, Long.MAX_VALUE, 0, 0);
    assertEquals(Long.MAX_VALUE, all.add(all).operations());
  }
}
