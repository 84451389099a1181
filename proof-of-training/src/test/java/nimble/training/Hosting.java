package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelSource;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.chain.ServeCall.HostReady;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.genesis.Parameters;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// A trained model that is deployed on the real ledger: three hosts, and four validators that may
/// audit what they serve.
final class Hosting {
  static final String NAME = "tests/tiny-1";
  static final PublicKey GATEWAY = World.hotKey(77);
  private static final long STAKE = 1_000 * World.NIM;
  static final long PRICE = 10 * World.NIM;

  /// The job is not audited.
  static final Parameters PARAMETERS =
      Panel.PARAMETERS.with(Panel.PARAMETERS.training().withAuditRates(0, 0));

  static final Hash ALIKE = World.digest(0);

  /// So much that its host's bond is worth less than twenty times of it: always drawn.
  static final long MUCH = 100_000;

  private static final long HOURLY = 200_000_000;

  /// A receipt that is worth bringing is small beside a bond.
  private static final long SERVING = 1_000_000_000_000L;

  final World world =
      new World(
          PARAMETERS,
          new long[] {STAKE, STAKE, STAKE, STAKE},
          HOURLY,
          2 * HOURLY,
          3 * HOURLY,
          4 * HOURLY,
          5 * HOURLY);
  final JobId id;
  final Panel panel;

  Hosting() {
    JobId job = world.submit(Specs.spec(20));
    new Panel(world, job).start();
    while (world.job(job).state() == JobState.RUNNING) {
      int round = world.job(job).progress().round();
      world.round(job);
      if (ResumePoints.at(world.state(), job, round).isPresent()) {
        world.hold(job, round);
      }
    }
    world.idle(30);
    assertEquals(JobState.COMPLETED, world.job(job).state(), world.job(job).status().reason());
    for (int i = 0; i < 5; i++) {
      OfferPut dearer =
          new OfferPut(Specs.terms(1, 1).device(), "cpu", 1L << 40, 1_000_000, SERVING * (i + 1));
      world.done(World.FIRST_MINER + i, dearer);
    }
    world.done(
        World.DEVELOPER,
        new ModelPublish(new ModelSource.Trained(job), NAME, "MIT", 0, Optional.empty()));
    id = deploy();
    panel = new Panel(world, id);
    for (int stage = 0; stage < 3; stage++) {
      world.work(ready(stage));
    }
  }

  /// Once more: its hosts have said nothing yet.
  JobId deploy() {
    ModelDeploy call = new ModelDeploy(NAME, GATEWAY, 1, PRICE, 40 * World.NIM, Long.MAX_VALUE);
    return ((Applied) world.call(World.DEVELOPER, call)).job().orElseThrow();
  }

  Deployment deployment() {
    return Deployments.load(world.state(), id).orElseThrow();
  }

  HostedStage seat(int stage) {
    return deployment().seats().get(stage);
  }

  HostReady ready(int stage) {
    HostedStage held = seat(stage);
    int turn = held.called() ? held.turn() : 0;
    return new HostReady(new StageSlot(id, stage, 0), held.attempt(), turn, ALIKE);
  }

  ServeReceipt receipt(long tokens) {
    return DeploymentsTest.receipt(new StageSlot(id, 0, 0), seat(0).attempt(), tokens);
  }

  Address host() {
    return seat(0).miner().orElseThrow();
  }

  /// All validators join stage 0, so many of them in the host's class.
  void join(int alike) {
    List<WorkCall> joins = new ArrayList<>();
    List<WorkCall> opens = new ArrayList<>();
    for (int i = 0; i < world.validators.size(); i++) {
      int account = world.validators.get(i);
      Hash own = i < alike ? ALIKE : Specs.hash("another");
      joins.add(panel.join(0, account, own));
      opens.add(new AuditorOpen(World.slot(id, 0), World.address(account), own));
    }
    world.work(joins.toArray(WorkCall[]::new));
    world.work(opens.toArray(WorkCall[]::new));
  }

  /// The audit of a receipt of stage 0.
  Audit drawn() {
    join(4);
    world.work(receipt(MUCH));
    world.idle((int) PARAMETERS.training().beaconDelay());
    return panel.audits().getFirst();
  }
}
