package nimble.training;

import static nimble.training.BadCallsTest.check;
import static nimble.training.BadCallsTest.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.Call;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.chain.ModelSource;
import nimble.chain.ServeCall;
import nimble.chain.ServeCall.HostMissing;
import nimble.chain.ServeCall.HostReady;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.ledger.Supply;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Calls about models and deployments that nobody waits for, in each state of a deployment: each is
/// refused in stated words, and no coin moves but the fee.
final class BadServeCallsTest {
  private static final Hash OTHER = Specs.hash("something else");
  private static final String PLACES = "deployment 2 has stages 0 to 2, replicas 0 to 0";

  private final Hosting hosting = new Hosting();
  private final World world = hosting.world;
  private final JobId id = hosting.id;

  private static HostReady ready(StageSlot slot, int attempt, int turn) {
    return new HostReady(slot, attempt, turn, Hosting.ALIKE);
  }

  private ServeReceipt receipt(int attempt, long tokens) {
    return DeploymentsTest.receipt(World.slot(id, 0), attempt, tokens);
  }

  private HostMissing missing(int turn) {
    return new HostMissing(World.slot(id, 0), 0, turn);
  }

  private static List<ServeCall> everything(StageSlot slot) {
    return List.of(
        ready(slot, 0, 0), new HostMissing(slot, 0, 1), DeploymentsTest.receipt(slot, 0, 9));
  }

  @Test
  void forAnotherDeploymentOrPlace() {
    for (ServeCall call : everything(World.slot(new JobId(9), 0))) {
      check(world, row(call, "there is no deployment 9"));
    }
    for (ServeCall call : everything(World.slot(new JobId(1), 0))) {
      check(world, row(call, "there is no deployment 1"));
    }
    for (StageSlot slot : List.of(World.slot(id, 3), new StageSlot(id, 0, 1))) {
      everything(slot).forEach(call -> check(world, row(call, PLACES)));
    }
    check(
        world,
        row(ready(World.slot(id, 0), 1, 0), "attempt 1, the seat is at 0"),
        row(new HostMissing(World.slot(id, 0), 1, 1), "attempt 1, the seat is at 0"),
        row(receipt(1, Hosting.MUCH), "nobody is known by attempt 1"));
  }

  @Test
  void beforeItsHostsAreThere() {
    StageSlot first = World.slot(hosting.deploy(), 0);
    Address host =
        Deployments.load(world.state(), first.job())
            .orElseThrow()
            .seats()
            .getFirst()
            .miner()
            .orElseThrow();
    check(
        world,
        row(ready(first, 0, 1), "it answers roll call 1, not 0"),
        row(new HostMissing(first, 0, 1), "nobody there has loaded its stage"),
        row(DeploymentsTest.receipt(first, 0, Hosting.MUCH), host + " has not loaded its stage"));
  }

  @Test
  void whileItServes() {
    Address host = hosting.host();
    long least = hosting.deployment().order().receiptLeast();
    long small = hosting.seat(0).pricePer1k() / 1_000;
    check(
        world,
        row(ready(World.slot(id, 0), 0, 0), host + " has said so"),
        row(ready(World.slot(id, 0), 0, 1), "it answers roll call 1, not 0"),
        row(new HostMissing(World.slot(id, 1), 0, 1), "a replica is called at its first stage"),
        row(missing(2), "roll call 2, the last was 0"),
        row(missing(0), "roll call 0, the last was 0"),
        row(receipt(0, 1), "a receipt is worth %d at least, this one %d".formatted(least, small)),
        row(
            receipt(0, 1L << 31),
            "2147483648 positions, a receipt adds 2147483647 at most and a host makes 1099511627776"));
    world.work(missing(1));
    check(
        world,
        row(missing(1), "roll call 1 is open"),
        row(missing(2), "roll call 1 is open"),
        row(ready(World.slot(id, 0), 0, 0), "it answers roll call 0, not 1"));
    world.work(ready(World.slot(id, 0), 0, 1));
    check(world, row(ready(World.slot(id, 0), 0, 1), "it answers roll call 1, not 0"));
  }

  @Test
  void whileAReceiptIsAudited() {
    Audit audit = hosting.drawn();
    String pending = "the receipt of %d positions before it is not settled".formatted(Hosting.MUCH);
    check(
        world,
        row(receipt(0, Hosting.MUCH), pending),
        row(receipt(0, 2 * Hosting.MUCH), pending),
        row(hosting.panel.join(0, 90), World.address(90) + " is no validator"));
    hosting.panel.agree(audit, Verdict.UPHELD);
    check(
        world,
        row(receipt(0, Hosting.MUCH), "100000 positions, 100000 are settled"),
        row(receipt(0, 1), "1 positions, 100000 are settled"));
  }

  @Test
  void ofWhoIsConvicted() {
    Audit audit = hosting.drawn();
    Address host = hosting.host();
    hosting.panel.agree(audit, Verdict.REJECTED);
    hosting.panel.vote(
        audit, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED);
    String reason = hosting.deployment().former().getFirst().convicted();
    check(
        world,
        row(receipt(0, 2 * Hosting.MUCH), "%s is convicted: %s".formatted(host, reason)),
        row(ready(World.slot(id, 0), 0, 0), "attempt 0, the seat is at 1"));
  }

  @Test
  void whenItEnds() {
    world.done(World.DEVELOPER, new ModelUndeploy(id));
    String ending = "deployment 2 is ENDING: nobody serves it any more";
    Address validator = World.address(World.VALIDATOR);
    check(
        world,
        row(ready(World.slot(id, 0), 0, 0), ending),
        row(missing(1), ending),
        row(new AuditorJoin(World.slot(id, 0), validator, OTHER), "deployment 2 is ENDING"),
        row(new AuditorOpen(World.slot(id, 0), validator, OTHER), "deployment 2 is ENDING"));
    world.idle((int) Hosting.PARAMETERS.training().window().blocks());
    assertEquals(Deployment.Phase.ENDED, hosting.deployment().phase());
    for (ServeCall call : everything(World.slot(id, 0))) {
      check(world, row(call, "deployment 2 is ENDED"));
    }
    rejected(World.DEVELOPER, new ModelUndeploy(id), "deployment 2 is ENDED");
    rejected(World.DEVELOPER, new JobTopUp(id, 5), "deployment 2 is ENDED");
  }

  @Test
  void whatAccountsAsk() {
    int other = World.FIRST_MINER;
    rejected(other, publish(1, Hosting.NAME), "the name 'tests/tiny-1' is another account's");
    rejected(other, publish(1, "mine"), "job 1 is another account's");
    rejected(
        World.DEVELOPER,
        publish(9, "mine"),
        "job 9 is none: only what a COMPLETED job trained can be published");
    rejected(
        World.DEVELOPER,
        publish(2, "mine"),
        "job 2 is none: only what a COMPLETED job trained can be published");
    rejected(
        World.DEVELOPER,
        publish(1, "job-7"),
        "name 'job-7' must be 1 to 64 of a-z 0-9 . _ / -, begin with a letter, and not with 'job-'");
    rejected(other, new ModelUndeploy(id), "deployment 2 is another account's");
    rejected(other, new ModelUndeploy(new JobId(1)), "there is no deployment 1");
    rejected(other, deploy("none", 1, 9, 9), "there is no model 'none'");
    rejected(other, deploy(Hosting.NAME, 0, 9, 9), "replicas must be 1 to 8, was 0");
    rejected(
        other,
        deploy(Hosting.NAME, 1, Long.MAX_VALUE, 9),
        "the highest price must be from the model's own 0 to 1000000000000000, was "
            + Long.MAX_VALUE);
    long words = 12 * Hosting.PARAMETERS.block().slotCharge();
    rejected(
        other,
        deploy(Hosting.NAME, 1, Hosting.PRICE, 9),
        "escrow 9, needs %d: the words of 3 seats and 1,000 tokens"
            .formatted(words + Hosting.PRICE));
  }

  /// The balance is what the fee left of it.
  @Test
  void whatNobodyHas() {
    long much = 2_000 * World.NIM;
    ModelDeploy call = deploy(Hosting.NAME, 1, Hosting.PRICE, much);
    String told = world.rejection(World.DEVELOPER, call);
    assertEquals(
        "escrow %d, the balance is %d".formatted(much, world.balance(World.DEVELOPER)), told);
  }

  private static ModelPublish publish(long job, String name) {
    return new ModelPublish(
        new ModelSource.Trained(new JobId(job)), name, "MIT", 0, Optional.empty());
  }

  private static ModelDeploy deploy(String name, int replicas, long price, long escrow) {
    return new ModelDeploy(name, Hosting.GATEWAY, replicas, price, escrow, Long.MAX_VALUE);
  }

  /// In these words, for the fee alone.
  private void rejected(int account, Call call, String words) {
    Supply before = Supply.of(world.state());
    long balance = world.balance(account);
    assertEquals(words, world.rejection(account, call));
    assertEquals(before.escrows(), Supply.of(world.state()).escrows());
    assertEquals(before.total(), Supply.of(world.state()).total());
    long fee = balance - world.balance(account);
    assertTrue(fee > 0 && fee <= World.FEE, () -> "%d for %s".formatted(fee, call));
  }
}
