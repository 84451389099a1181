package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.AuditId;
import nimble.ledger.BlockContext;
import nimble.ledger.Overlay;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// Who and what is drawn, over many beacons (J16).
final class DrawsTest {
  private static final long PRICE = 100_000_000;
  private static final int BEACONS = 3_000;
  private static final long[] STAKES = {
    1_000 * World.NIM, 2_000 * World.NIM, 3_000 * World.NIM, 4_000 * World.NIM
  };
  private final World world = Panel.world(STAKES, PRICE, PRICE, PRICE);
  private final JobId id = world.submit(Specs.spec(100));
  private final Panel panel = new Panel(world, id);

  /// Ten steps of work at the devnet's rate of a tenth: n q = 1.
  private Overlay closedRound() {
    panel.start();
    world.round(id);
    return new Overlay(world.state());
  }

  /// The audits that a block with this beacon draws.
  private List<Audit> drawn(Overlay state, long blocks, Hash beacon) {
    Overlay attempt = new Overlay(state);
    Moment now = world.now();
    Moment then = new Moment(now.timeMillis() + 1_000 * blocks, now.height() + blocks);
    Turn turn =
        Turn.of(
            attempt,
            new BlockContext(
                Panel.PARAMETERS,
                new ChainId("test"),
                then,
                0,
                World.address(World.VALIDATOR),
                beacon),
            id);
    Draws.draw(turn);
    return Jobs.openAudits(attempt, id).stream()
        .map(number -> Jobs.audit(attempt, new AuditId(id, number)).orElseThrow())
        .toList();
  }

  private List<Audit> ofStage(Overlay state, long blocks, int stage) {
    List<Audit> all = new ArrayList<>();
    for (int i = 0; i < BEACONS; i++) {
      drawn(state, blocks, Specs.hash("try " + i)).stream()
          .filter(audit -> audit.slot().stage() == stage)
          .forEach(all::add);
    }
    return all;
  }

  private static Overlay afterFirstDraw(Overlay state, JobId id) {
    Overlay later = new Overlay(state);
    Jobs.put(later, id, Jobs.unsettled(state, id, 0).orElseThrow().drawn());
    return later;
  }

  /// Four standard deviations.
  private static void near(double expected, int total, int found) {
    double deviation = Math.sqrt(total * expected * (1 - expected));
    assertTrue(
        Math.abs(found - total * expected) <= 4 * deviation + 1,
        "%d of %d, expected %f".formatted(found, total, expected));
  }

  @Test
  void j16FirstDrawHasNineTenthsAndTheSecondOne() {
    Overlay state = closedRound();
    near(0.9, BEACONS, ofStage(state, 3, 0).size());
    near(0.1, BEACONS, ofStage(afterFirstDraw(state, id), 10, 0).size());
  }

  @Test
  void j16NothingIsDrawnBeforeItsBlockOrBeforeTheWindowCloses() {
    Overlay state = closedRound();
    assertEquals(List.of(), ofStage(state, 2, 0));
    assertEquals(List.of(), ofStage(afterFirstDraw(state, id), 9, 0));
  }

  @Test
  void j16StepsAreUniformAndAuditorsFollowTheirStake() {
    List<Audit> all = ofStage(closedRound(), 3, 1);
    TreeMap<Integer, Integer> steps = new TreeMap<>();
    TreeMap<Address, Integer> first = new TreeMap<>();
    for (Audit audit : all) {
      steps.merge(audit.step(), 1, Integer::sum);
      first.merge(audit.seats().getFirst().auditor(), 1, Integer::sum);
      List<Address> order = new ArrayList<>();
      audit.seats().forEach(seat -> order.add(seat.auditor()));
      order.addAll(audit.reserve());
      assertEquals(4, new TreeSet<>(order).size(), "each once");
      assertEquals(2, audit.seats().size());
    }
    assertEquals(10, steps.size());
    steps.values().forEach(count -> near(0.1, all.size(), count));
    for (int i = 0; i < STAKES.length; i++) {
      near(
          0.1 * (i + 1), all.size(), first.getOrDefault(World.address(world.validators.get(i)), 0));
    }
  }

  @Test
  void j16TheSameBeaconDrawsTheSame() {
    Overlay state = closedRound();
    assertEquals(drawn(state, 3, Specs.hash("beacon")), drawn(state, 3, Specs.hash("beacon")));
  }

  @Test
  void j16ShortRoundsAreDrawnLessAndValidationCounts() {
    panel.start();
    Job job = world.job(id);
    world.round(id);
    ClosedRound round = Jobs.unsettled(world.state(), id, 0).orElseThrow();
    assertEquals(9_000_000, Draws.chance(job, round, 0));
    assertEquals(1_000_000, Draws.chance(job, round.drawn(), 0));
    ClosedStage done = round.stages().getFirst();
    long step = job.stages().getFirst().terms().stepOperations();
    ClosedRound half = round.with(0, with(done, 5 * step, 100));
    assertEquals(4_500_000, Draws.chance(job, half, 0));
    ClosedRound longer = round.with(0, with(done, 20 * step, 100));
    assertEquals(10_000_000, Draws.chance(job, longer, 0), "certain");
    assertEquals(2_000_000, Draws.chance(job, longer.drawn(), 0));
  }

  private static ClosedStage with(ClosedStage done, long operations, int rate) {
    return new ClosedStage(
        done.miner(),
        done.numericClass(),
        rate,
        done.roots(),
        done.stateRootBefore(),
        operations,
        done.pay(),
        done.payable());
  }

  @Test
  void j16SuspendedAuditorsAreLeftOutAndTooFewPauseTheJob() {
    Overlay state = closedRound();
    for (int i = 0; i < 2; i++) {
      for (int silence = 0; silence < Silences.SUSPENDING; silence++) {
        Silences.add(state, World.address(world.validators.get(i)), 0);
      }
    }
    for (Audit audit : ofStage(state, 3, 0)) {
      assertFalse(audit.seat(World.address(world.validators.get(0))).isPresent());
      assertFalse(audit.seat(World.address(world.validators.get(1))).isPresent());
      assertEquals(List.of(), audit.reserve());
    }
    for (int silence = 0; silence < Silences.SUSPENDING; silence++) {
      Silences.add(state, World.address(world.validators.get(2)), 0);
    }
    assertEquals(List.of(), ofStage(state, 3, 0));
    world.override(state);
    world.idle(3);
    assertEquals(JobState.PAUSED, world.job(id).state());
    assertEquals("stage 0: fewer than two auditors can be drawn", world.job(id).status().reason());
    assertEquals(0, Jobs.unsettled(world.state(), id, 0).orElseThrow().draws(), "it waits");
    world.blockMillis = World.PARAMETERS.consensus().epochMillis();
    world.idle(2);
    assertEquals(1, Jobs.unsettled(world.state(), id, 0).orElseThrow().draws());
    world.round(id);
    assertEquals(JobState.RUNNING, world.job(id).state(), "it goes on");
  }

  @Test
  void j16WhatCannotBeAuditedIsPaidWhenTheJobIsOver() {
    Overlay state = closedRound();
    for (int i = 0; i < 4; i++) {
      for (int silence = 0; silence < Silences.SUSPENDING; silence++) {
        Silences.add(state, World.address(world.validators.get(i)), 1_000);
      }
    }
    world.override(state);
    world.idle(200);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertEquals(3, world.job(id).earned().rounds());
    assertFalse(world.story(id).contains("AuditDrawn"));
  }

  @Test
  void j16OrderIsByStakeWithoutReplacement() {
    SplittableRandom random = new SplittableRandom(1);
    List<Address> eligible = world.validators.stream().map(World::address).sorted().toList();
    TreeMap<Address, Integer> last = new TreeMap<>();
    for (int i = 0; i < BEACONS; i++) {
      List<Address> order = Draws.order(world.state(), eligible, Specs.anyHash(random));
      assertEquals(eligible, order.stream().sorted().toList());
      last.merge(order.getLast(), 1, Integer::sum);
    }
    assertEquals(
        World.address(world.validators.getFirst()),
        Collections.max(last.entrySet(), Map.Entry.comparingByValue()).getKey());
  }
}
