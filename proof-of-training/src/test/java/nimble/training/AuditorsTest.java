package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.WorkCall;
import nimble.types.Hash;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// From the match to a job that may run because there is somebody to check it (J15).
final class AuditorsTest {
  private static final long PRICE = 100_000_000;
  private static final long[] FOUR = {
    1_000 * World.NIM, 1_000 * World.NIM, 1_000 * World.NIM, 1_000 * World.NIM
  };
  private final World world = Panel.world(FOUR, PRICE, PRICE, PRICE);
  private final JobId id = world.submit(Specs.spec(25));
  private final Panel panel = new Panel(world, id);

  private void acceptAll() {
    for (int stage = 0; stage < 3; stage++) {
      world.work(world.accept(id, stage));
    }
  }

  private void openMiners() {
    for (int stage = 0; stage < 3; stage++) {
      world.work(world.open(id, stage));
    }
  }

  @Test
  void j15ClassesAreShownWhenAllValidatorsJoined() {
    acceptAll();
    assertFalse(world.isOpen(world.open(id, 0)), "validators may still join");
    panel.joinAll();
    assertTrue(world.isOpen(world.open(id, 0)));
    openMiners();
    assertEquals(JobState.MATCHED, world.job(id).state());
    panel.openAll();
    assertEquals(JobState.RUNNING, world.job(id).state());
    assertEquals(12, world.story(id).stream().filter("AuditorJoined"::equals).count());
    assertEquals(4, Jobs.auditors(world.state(), World.slot(id, 1)).size());
  }

  @Test
  void j15JoiningMayComeBeforeAccepting() {
    panel.joinAll();
    assertFalse(world.isOpen(world.open(id, 0)));
    acceptAll();
    assertTrue(world.isOpen(world.open(id, 0)));
  }

  @Test
  void j15ValidatorThatIsDownIsNotWaitedForForLong() {
    acceptAll();
    for (int stage = 0; stage < 3; stage++) {
      for (int i = 0; i < 3; i++) {
        world.work(panel.join(stage, world.validators.get(i)));
      }
    }
    world.idle(5);
    assertFalse(world.isOpen(world.open(id, 0)));
    world.idle(1);
    assertTrue(world.isOpen(world.open(id, 0)));
    assertFalse(world.isOpen(panel.join(0, world.validators.get(3))), "too late");
    openMiners();
    for (int stage = 0; stage < 3; stage++) {
      for (int i = 0; i < 2; i++) {
        world.work(panel.open(stage, world.validators.get(i)));
      }
    }
    assertEquals(JobState.RUNNING, world.job(id).state(), "two are enough");
    AuditorOpen late = panel.open(0, world.validators.get(2));
    assertTrue(world.isOpen(late), "who joined may show its class later");
    world.work(late);
    assertEquals(
        Optional.of(World.digest(0)),
        Jobs.auditors(world.state(), World.slot(id, 0)).get(2).numericClass());
  }

  @Test
  void j15TooFewAuditorsOfTheClassExpireTheJobAndTheMoneyReturns() {
    long before = world.balance(World.DEVELOPER) + Specs.spec(25).money().budget();
    List<WorkCall> joins = new ArrayList<>();
    List<WorkCall> opens = new ArrayList<>();
    for (int account : world.validators) {
      for (int stage = 0; stage < 3; stage++) {
        Hash digest = World.digest(stage == 1 && account != World.VALIDATOR ? 7 : stage);
        joins.add(panel.join(stage, account, digest));
        opens.add(new AuditorOpen(World.slot(id, stage), World.address(account), digest));
      }
    }
    world.work(joins.toArray(WorkCall[]::new));
    acceptAll();
    openMiners();
    world.work(opens.toArray(WorkCall[]::new));
    world.idle(10);
    assertEquals(JobState.MATCHED, world.job(id).state());
    world.idle(1);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    String reason = world.job(id).status().reason();
    assertTrue(
        reason.startsWith("stage 1: fewer than 2 auditors of its numeric class; no offer "),
        reason);
    long charges = (12 + 12 + 3 + 3) * World.PARAMETERS.block().slotCharge();
    assertEquals(before - charges, world.balance(World.DEVELOPER));
    assertEquals(List.of(), Jobs.auditors(world.state(), World.slot(id, 0)), "nothing is left");
    assertFalse(Jobs.isOpening(world.state(), id));
  }

  @Test
  void j15OnlyValidatorsJoinOnceAndOpenWhatTheyCommittedTo() {
    AuditorJoin join = panel.join(0, World.VALIDATOR);
    assertEquals(Optional.of(World.hotKey(World.VALIDATOR)), world.signerOf(join));
    assertFalse(world.isOpen(panel.join(0, World.DEVELOPER)), "no validator");
    assertFalse(world.isOpen(panel.join(0, World.FIRST_MINER)), "no validator");
    assertFalse(world.isOpen(panel.join(3, World.VALIDATOR)), "no such stage");
    world.work(join);
    assertFalse(world.isOpen(join), "joined already");
    assertFalse(world.isOpen(panel.open(0, World.VALIDATOR)), "nobody shows a class yet");
    assertTrue(world.isOpen(panel.join(1, World.VALIDATOR)));
    acceptAll();
    world.idle(15);
    assertFalse(
        world.isOpen(
            new AuditorOpen(World.slot(id, 0), World.address(World.VALIDATOR), World.digest(1))),
        "another class");
    assertFalse(world.isOpen(panel.open(1, World.VALIDATOR)), "did not join");
    world.work(panel.open(0, World.VALIDATOR));
    assertFalse(world.isOpen(panel.open(0, World.VALIDATOR)), "opened already");
  }

  @Test
  void j15MinersAccountDoesNotAuditItself() {
    panel.start();
    var slot = World.slot(id, 0);
    assertEquals(
        4,
        Auditors.able(
                world.state(),
                world.job(slot.job()),
                slot.stage(),
                World.digest(0),
                Specs.address(1))
            .size());
    assertEquals(
        3,
        Auditors.able(
                world.state(),
                world.job(slot.job()),
                slot.stage(),
                World.digest(0),
                World.address(World.VALIDATOR))
            .size());
    assertEquals(
        0,
        Auditors.able(
                world.state(),
                world.job(slot.job()),
                slot.stage(),
                World.digest(1),
                Specs.address(1))
            .size());
  }

  @Test
  void j15NetworksWithoutAuditsTakeNoAuditors() {
    World plain = new World(PRICE, PRICE, PRICE);
    JobId job = plain.submit(Specs.spec(25));
    assertFalse(plain.isOpen(new Panel(plain, job).join(0, World.VALIDATOR)));
    plain.start(job);
    plain.rounds(job);
    plain.idle(12);
    assertFalse(plain.story(job).contains("AuditDrawn"));
    assertEquals(9, plain.job(job).earned().rounds());
  }
}
