package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.chain.ModelSource;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.chain.ServeCall;
import nimble.chain.ServeCall.HostMissing;
import nimble.chain.ServeCall.HostReady;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.ServePromise;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.ledger.Accounts;
import nimble.ledger.Escrows;
import nimble.ledger.Execution;
import nimble.sim.Conformance;
import nimble.sim.Seeds;
import nimble.training.spec.BroughtModel;
import nimble.training.spec.DataSpec;
import nimble.training.spec.JobSpec;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;
import nimble.vm.template.TextClassifier;
import nimble.vm.tensor.Storage;
import org.junit.jupiter.api.Test;

/// S1 to S7, on the real ledger.
final class DeploymentsTest {
  private static final String NAME = "tests/tiny-1";
  private static final PublicKey GATEWAY = World.hotKey(77);
  private static final long PRICE = 10 * World.NIM;
  private static final long ESCROW = 40 * World.NIM;
  private static final int DEPTH = 3;

  /// A job in three stages, done by the three cheapest of five miners.
  private static World trained() {
    return trained(Specs.spec(20));
  }

  private static World trained(JobSpec spec) {
    World world = new World(10, 20, 30, 40, 50);
    JobId id = world.submit(spec);
    world.start(id);
    world.rounds(id);
    world.checkpoints(id);
    world.idle(60);
    assertEquals(JobState.COMPLETED, world.job(id).state());
    return world;
  }

  private static World published(long royalty) {
    World world = trained();
    world.done(World.DEVELOPER, publish(new JobId(1), NAME, "Apache-2.0", royalty));
    return world;
  }

  private static ModelPublish publish(JobId job, String name, String licence, long royalty) {
    return new ModelPublish(new ModelSource.Trained(job), name, licence, royalty, Optional.empty());
  }

  static ModelPublish bring(Bytes description) {
    return new ModelPublish(new ModelSource.Brought(description), NAME, "MIT", 5, Optional.empty());
  }

  private static ModelDeploy call(World world, int replicas, long seconds) {
    long until = world.now().timeMillis() + 1_000 * seconds;
    return new ModelDeploy(NAME, GATEWAY, replicas, PRICE, ESCROW, until);
  }

  static JobId deploy(World world, int replicas) {
    return ((Applied) world.call(World.DEVELOPER, call(world, replicas, 100_000)))
        .job()
        .orElseThrow();
  }

  static Deployment deployment(World world, JobId id) {
    return Deployments.load(world.state(), id).orElseThrow();
  }

  private static HostReady ready(World world, JobId id, int seat) {
    HostedStage held = deployment(world, id).seats().get(seat);
    return new HostReady(
        deployment(world, id).slot(seat),
        held.attempt(),
        held.called() ? held.turn() : 0,
        Specs.hash("class"));
  }

  static void allReady(World world, JobId id) {
    for (int seat = 0; seat < deployment(world, id).seats().size(); seat++) {
      HostReady word = ready(world, id, seat);
      if (world.isOpen(word)) {
        world.work(word);
      }
    }
  }

  static ServeReceipt receipt(JobId id, int stage, int attempt, long tokens) {
    return receipt(new StageSlot(id, stage, 0), attempt, tokens);
  }

  /// Of one row.
  static ServeReceipt receipt(StageSlot slot, int attempt, long tokens) {
    Hash row = Specs.hash("row " + tokens);
    ServePromise promise = new ServePromise(slot, attempt, tokens - 1, tokens, row);
    return new ServeReceipt(promise, World.NONE, row);
  }

  private static long escrow(World world, JobId id) {
    return Escrows.get(world.state(), id).map(it -> it.total()).orElse(0L);
  }

  private static long vesting(World world, Address miner) {
    return Accounts.get(world.state(), miner).vesting();
  }

  @Test
  void s1OnlyTheSenderPublishesAndOnlyUnderAFreeName() {
    World world = published(5);
    Model model = Models.named(world.state(), NAME).orElseThrow();
    assertEquals(1, model.number());
    assertEquals(World.address(World.DEVELOPER), model.owner());
    JobId job = new JobId(1);
    int other = World.FIRST_MINER;
    assertEquals("job 1 is another account's", world.rejection(other, publish(job, "x", "MIT", 0)));
    for (String name : List.of("", "7", "job-1", "Upper", "a b", "é")) {
      assertTrue(
          world.rejection(World.DEVELOPER, publish(job, name, "MIT", 0)).contains("name"), name);
    }
    assertTrue(
        world
            .rejection(World.DEVELOPER, publish(new JobId(9), "x", "MIT", 0))
            .contains("COMPLETED"));
    world.done(World.DEVELOPER, publish(job, NAME, "MIT", 6));
    assertEquals(1, Models.count(world.state()));
    assertEquals("MIT", Models.named(world.state(), NAME).orElseThrow().licence());
  }

  /// What a class is told by is of use, but not by the token.
  @Test
  void s1OnlyWhatGivesTextIsPublished() {
    JobSpec usual = Specs.spec(20);
    World world =
        trained(
            new JobSpec(
                usual.name(),
                usual.theme(),
                new TextClassifier(8, 1, 1, 8, 2).spec(),
                new DataSpec(Specs.hash("rows"), 6_400, 900, DataForm.EXAMPLES),
                usual.training(),
                usual.cuts(),
                usual.device(),
                usual.money()));
    String words = world.rejection(World.DEVELOPER, publish(new JobId(1), NAME, "MIT", 0));
    assertTrue(words.contains("job 1 trained a model that gives no text"), words);
    assertEquals(0, Models.count(world.state()));
  }

  @Test
  void s13WhoBringsWeightsPublishesThemWithoutAJob() {
    World world = new World(10, 20, 30);
    int owner = World.FIRST_MINER + 2;
    world.done(owner, bring(Specs.brought(2).encode()));
    Model model = Models.named(world.state(), NAME).orElseThrow();
    assertEquals(Optional.empty(), model.origin().trainer());
    ServedModel served = ServedModel.of(world.state(), model.origin());
    assertEquals(3, served.stages().size());
    assertEquals(Specs.brought(2).base(), served.stages().getLast().base().orElseThrow());
    JobId id = deploy(world, 1);
    assertEquals(3, deployment(world, id).depth());
    allReady(world, id);
    assertTrue(deployment(world, id).serves());
    // What is deployed stays what it was.
    world.done(owner, bring(Specs.brought(0).encode()));
    assertEquals(3, deployment(world, id).depth());
    assertEquals(1, deployment(world, deploy(world, 1)).depth());
  }

  @Test
  void s13WhatIsNoLanguageModelInStagesIsRefused() {
    World world = new World(10, 20, 30);
    Bytes whole = Specs.brought(2).encode();
    assertTrue(world.rejection(World.DEVELOPER, bring(whole.slice(0, 9))).startsWith("model: "));
    Bytes beyond =
        Writer.encode(writer -> {
          Specs.MODEL.write(writer.u8(1));
          Specs.hash("weights").write(writer);
          writer.u8(Storage.FP32.tag());
          new Cuts(List.of(1, 99)).write(writer);
        });
    assertTrue(world.rejection(World.DEVELOPER, bring(beyond)).contains("stages.cuts[1]"));
    ModelSpec classifier = new TextClassifier(8, 1, 1, 8, 2).spec();
    Bytes speechless =
        Writer.encode(writer -> {
          classifier.write(writer.u8(1));
          Specs.hash("weights").write(writer);
          writer.u8(Storage.FP32.tag());
          new Cuts(List.of()).write(writer);
        });
    assertTrue(world.rejection(World.DEVELOPER, bring(speechless)).contains("no language model"));
    assertEquals(0, Models.count(world.state()));
  }

  @Test
  void s13EncodingsAreStable() {
    BroughtModel brought = Specs.brought(2);
    Conformance.check(
        DeploymentsTest.class, "brought-model", brought, BroughtModel::write, BroughtModel::read);
    assertTrue(brought.sizeProblems().isEmpty());
    Address owner = Specs.address(3);
    Moment then = new Moment(4, 5);
    Optional<Hash> text = Optional.of(Specs.hash("text"));
    Origin job = new Origin.Trained(new JobId(6));
    Conformance.check(
        DeploymentsTest.class,
        "model-Trained",
        new Model(1, NAME, owner, job, "MIT", 7, text, then),
        Model::write,
        Model::read);
    Origin own = new Origin.Brought(brought.hash());
    Conformance.check(
        DeploymentsTest.class,
        "model-Brought",
        new Model(2, NAME, owner, own, "MIT", 8, Optional.empty(), then),
        Model::write,
        Model::read);
  }

  /// Its owner may have kept the weights for itself.
  @Test
  void s13NobodyIsStruckForWeightsThatNobodyHasShownToBeThere() {
    World world = new World(10, 20, 30, 40);
    world.done(World.DEVELOPER, bring(Specs.brought(1).encode()));
    JobId id = deploy(world, 1);
    List<Address> first =
        deployment(world, id).seats().stream().map(it -> it.miner().orElseThrow()).toList();
    world.work(ready(world, id, 1));
    world.idle(3_000);
    assertEquals(0, Strikes.of(world.state(), first.getFirst(), 0));
    assertTrue(deployment(world, id).former().size() > 1);
    // A stage that somebody has loaded can be loaded.
    world.work(
        new HostMissing(
            new StageSlot(id, 0, 0), deployment(world, id).seats().getFirst().attempt(), 1));
    world.idle(3_000);
    assertTrue(Strikes.of(world.state(), first.getLast(), 0) > 0);
  }

  @Test
  void s3SeatsGoToTheCheapestAndSpreadOut() {
    World world = published(5);
    JobId id = deploy(world, 2);
    Deployment deployed = deployment(world, id);
    List<Address> hosts = deployed.seats().stream().map(it -> it.miner().orElseThrow()).toList();
    assertEquals(World.address(World.FIRST_MINER), hosts.get(0));
    assertEquals(World.address(World.FIRST_MINER + 4), hosts.get(4));
    assertEquals(World.address(World.FIRST_MINER), hosts.get(5));
    assertEquals(2, Deployments.of(world.state(), hosts.getFirst()).size());
    for (int seat = 0; seat < 6; seat++) {
      assertTrue(Accounts.get(world.state(), hosts.get(seat)).locked() > 0);
    }
    assertTrue(deployed.pricePer1k(0) <= PRICE);
    String reason =
        world.rejection(
            World.DEVELOPER, new ModelDeploy(NAME, GATEWAY, 1, 6, ESCROW, Long.MAX_VALUE));
    assertTrue(reason.contains("price"), reason);
    assertTrue(
        world
            .rejection(World.DEVELOPER, new ModelDeploy("no", GATEWAY, 1, PRICE, 1, Long.MAX_VALUE))
            .contains("no model"));
    assertTrue(
        world
            .rejection(World.DEVELOPER, new ModelDeploy(NAME, GATEWAY, 1, PRICE, 1, Long.MAX_VALUE))
            .contains("escrow"));
    assertTrue(
        world
            .rejection(World.DEVELOPER, new ModelDeploy(NAME, GATEWAY, 9, PRICE, 1, 1))
            .contains("replicas"));
  }

  @Test
  void s4WhoDoesNotLoadOrAnswerIsReplaced() {
    World world = published(0);
    JobId id = deploy(world, 1);
    assertFalse(deployment(world, id).serves());
    allReady(world, id);
    assertTrue(deployment(world, id).serves());
    // S5: the roll is called, two answer.
    HostMissing missing = new HostMissing(new StageSlot(id, 0, 0), 0, 1);
    assertEquals(Optional.of(GATEWAY), world.signerOf(missing));
    world.work(missing);
    assertFalse(world.isOpen(new HostMissing(new StageSlot(id, 0, 0), 0, 2)));
    world.work(ready(world, id, 0));
    world.work(ready(world, id, 2));
    Address gone = deployment(world, id).seats().get(1).miner().orElseThrow();
    while (deployment(world, id).seats().get(1).miner().filter(it -> !it.equals(gone)).isEmpty()) {
      world.idle(1);
    }
    HostedStage seat = deployment(world, id).seats().get(1);
    assertEquals(World.address(World.FIRST_MINER + 3), seat.miner().orElseThrow());
    assertEquals(1, seat.attempt());
    assertTrue(Strikes.of(world.state(), gone, 0) > 0);
    assertTrue(Deployments.of(world.state(), gone).isEmpty());
  }

  @Test
  void s6ReceiptsArePaidOnceAndNeverTwice() {
    World world = published(1_000);
    JobId id = deploy(world, 1);
    allReady(world, id);
    long before = escrow(world, id);
    long owner = world.balance(World.DEVELOPER);
    HostedStage last = deployment(world, id).seats().get(DEPTH - 1);
    long tokens = 2_000_000_000L / Math.max(1, last.pricePer1k());
    ServeReceipt receipt = receipt(id, DEPTH - 1, 0, tokens);
    int host = World.FIRST_MINER + DEPTH - 1;
    assertEquals(Optional.of(World.hotKey(host)), world.signerOf(receipt));
    ServeReceipt forged = new ServeReceipt(receipt.newest(), World.FORGED, receipt.root());
    assertTrue(world.attempt(forged) instanceof Execution.Invalid, "the gateway promised nothing");
    world.work(receipt);
    long pay = Served.price(tokens, last.pricePer1k());
    long royalty = Served.price(tokens, 1_000);
    long charge = World.PARAMETERS.block().slotCharge();
    assertEquals(before - pay - royalty - charge, escrow(world, id));
    assertEquals(owner + royalty, world.balance(World.DEVELOPER));
    // The same, an older one, one of nobody, one of another host: no slot is open.
    assertFalse(world.isOpen(receipt));
    assertFalse(world.isOpen(receipt(id, DEPTH - 1, 0, tokens - 1)));
    assertFalse(world.isOpen(receipt(id, DEPTH, 0, tokens + 1)));
    assertFalse(world.isOpen(receipt(id, DEPTH - 1, 1, 2 * tokens)));
    assertFalse(world.isOpen(receipt(id, DEPTH - 1, 0, Served.TOKENS_MAX + 1)));
    assertFalse(world.isOpen(receipt(id, DEPTH - 1, 0, tokens + 1)), "not worth a charge");
    // The next one pays the difference.
    long mid = escrow(world, id);
    world.work(receipt(id, DEPTH - 1, 0, 2 * tokens));
    long more = Served.price(2 * tokens, last.pricePer1k()) - pay;
    assertEquals(
        mid - more - (Served.price(2 * tokens, 1_000) - royalty) - charge, escrow(world, id));
  }

  @Test
  void s6TheEscrowIsNeverOverdrawn() {
    World world = published(7);
    long most = 1_000;
    long escrow = most + 12 * World.PARAMETERS.block().slotCharge();
    ModelDeploy small = new ModelDeploy(NAME, GATEWAY, 1, most, escrow, Long.MAX_VALUE);
    JobId id = ((Applied) world.call(World.DEVELOPER, small)).job().orElseThrow();
    allReady(world, id);
    for (int stage = 0; stage < DEPTH; stage++) {
      ServeReceipt all = receipt(id, stage, 0, Integer.MAX_VALUE);
      if (world.isOpen(all)) {
        world.work(all);
      }
    }
    assertEquals(0, escrow(world, id));
    world.idle(100);
    assertEquals(Deployment.Phase.ENDED, deployment(world, id).phase());
  }

  @Test
  void s6WhoLostTheSeatIsPaidForWhatItServed() {
    World world = published(0);
    JobId id = deploy(world, 1);
    allReady(world, id);
    Address gone = deployment(world, id).seats().get(1).miner().orElseThrow();
    world.work(new HostMissing(new StageSlot(id, 0, 0), 0, 1));
    world.work(ready(world, id, 0));
    world.work(ready(world, id, 2));
    world.idle(40);
    assertTrue(deployment(world, id).seats().get(1).attempt() > 0);
    ServeReceipt old = receipt(id, 1, 0, 50_000);
    assertTrue(world.isOpen(old));
    long before = vesting(world, gone);
    world.work(old);
    assertTrue(vesting(world, gone) > before);
    assertFalse(world.isOpen(old));
  }

  @Test
  void s7AnEndedDeploymentPaysGivesBackAndFreesItsHosts() {
    World world = published(0);
    JobId id = deploy(world, 1);
    allReady(world, id);
    Address host = deployment(world, id).seats().getFirst().miner().orElseThrow();
    assertEquals(
        "deployment 2 is another account's",
        world.rejection(World.FIRST_MINER, new ModelUndeploy(id)));
    world.done(World.FIRST_MINER, new JobTopUp(id, World.NIM));
    assertEquals(Deployment.Phase.ACTIVE, deployment(world, id).phase());
    world.done(World.DEVELOPER, new ModelUndeploy(id));
    assertFalse(world.isOpen(ready(world, id, 0)));
    ServeReceipt small = receipt(id, 0, 0, 1_000);
    assertTrue(world.isOpen(small), "the last ones may be small");
    world.work(small);
    long rest = escrow(world, id);
    long balance = world.balance(World.DEVELOPER);
    while (deployment(world, id).phase() != Deployment.Phase.ENDED) {
      world.idle(1);
    }
    assertEquals(balance + rest, world.balance(World.DEVELOPER));
    assertTrue(Deployments.active(world.state()).isEmpty());
    assertTrue(Deployments.of(world.state(), host).isEmpty());
    assertEquals(0, Accounts.get(world.state(), host).locked());
    assertFalse(world.isOpen(receipt(id, 0, 0, 2_000)));
    assertTrue(world.rejection(World.DEVELOPER, new ModelUndeploy(id)).contains("ENDED"));
  }

  @Test
  void s7ItEndsAtItsTime() {
    World world = published(0);
    JobId id = ((Applied) world.call(World.DEVELOPER, call(world, 1, 5))).job().orElseThrow();
    world.idle(6);
    assertEquals(Deployment.Phase.ENDING, deployment(world, id).phase());
    assertEquals("its time is over", deployment(world, id).reason());
  }

  /// Whatever hosts and gateways say, in whatever order: the sums hold (World checks them after
  /// every block), and nobody gets more than the escrow held.
  @Test
  void anyWordsKeepTheSums() {
    Seeds.forEach(
        20,
        random -> {
          World world = published(3);
          JobId id = deploy(world, 1 + random.nextInt(2));
          for (int i = 0; i < 60; i++) {
            anything(world, id, random);
          }
          world.idle(1);
          assertTrue(escrow(world, id) >= 0);
        });
  }

  private static void anything(World world, JobId id, SplittableRandom random) {
    Deployment present = deployment(world, id);
    StageSlot slot = new StageSlot(id, random.nextInt(DEPTH), random.nextInt(2));
    int attempt = random.nextInt(3);
    switch (random.nextInt(5)) {
      case 0 -> open(world, new HostReady(slot, attempt, random.nextInt(4), Specs.hash("class")));
      case 1 ->
          open(
              world,
              new HostMissing(new StageSlot(id, 0, slot.replica()), attempt, random.nextInt(4)));
      case 2 -> open(world, receipt(slot, attempt, 1 + random.nextLong(1 << 20)));
      case 3 -> world.idle(random.nextInt(12));
      default -> {
        if (present.phase() == Deployment.Phase.ACTIVE && random.nextInt(10) == 0) {
          world.done(World.DEVELOPER, new ModelUndeploy(id));
        }
      }
    }
  }

  private static void open(World world, ServeCall call) {
    if (world.isOpen(call)) {
      world.work(call);
    }
  }
}
