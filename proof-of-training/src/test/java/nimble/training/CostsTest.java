package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.codec.Writer;
import nimble.genesis.Parameters;
import nimble.genesis.TrainingParameters;
import nimble.ledger.Escrow;
import nimble.ledger.Escrows;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.sim.Seeds;
import nimble.training.matching.AuditRate;
import nimble.training.matching.Quote;
import nimble.training.matching.Terms;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.MoneySpec;
import nimble.training.spec.StageNeed;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

final class CostsTest {
  private static final long PRICE = 100_000_000;
  private static final TrainingParameters P = Specs.PARAMETERS.training();

  @Test
  void j6PriceIsExact() {
    Seeds.forEach(
        1_000,
        random -> {
          long operations = random.nextLong(1L << (1 + random.nextInt(56)));
          long price = random.nextLong(MoneySpec.PRICE_MAX);
          long speed = 1 + random.nextLong(1L << 50);
          BigInteger expected =
              BigInteger.valueOf(operations)
                  .multiply(BigInteger.valueOf(price))
                  .divide(BigInteger.valueOf(speed).multiply(BigInteger.valueOf(3_600)));
          if (expected.bitLength() < 64) {
            assertEquals(expected.longValueExact(), Terms.price(operations, price, speed));
          }
        });
  }

  @Test
  void j6HourAtTheDeclaredSpeedCostsThePrice() {
    assertEquals(7_777, Terms.price(3_600L * 1_000_000, 7_777, 1_000_000));
    assertEquals(3_600_001, Terms.millis(3_600L * 1_000_000, 1_000_000));
  }

  @Test
  void j3AuditRateFallsWithBondWithinItsBounds() {
    JobSpec spec = Specs.spec(100);
    StageNeed need = StageNeed.of(spec).getFirst();
    Parameters p = Specs.PARAMETERS.with(P.withAuditRates(10, 100));
    OfferPut terms = new OfferPut(Device.CPU, "cpu", 1L << 40, 1_000_000, 1_000_000_000);
    int lowest = AuditRate.leastPermille(need, 10, p.training());
    Seeds.forEach(
        300,
        random -> {
          long bond = random.nextLong(1L << (1 + random.nextInt(50)));
          Quote less = Quote.of(need, 100, terms, bond, spec, p);
          Quote more = Quote.of(need, 100, terms, bond + random.nextLong(1L << 40), spec, p);
          assertTrue(more.auditRatePermille() <= less.auditRatePermille());
          assertTrue(less.auditRatePermille() >= lowest && less.auditRatePermille() <= 100);
          assertTrue(less.bondLeast() <= less.bond() && less.bond() <= less.bondMost());
          assertTrue(less.bond() <= Math.max(bond, less.bondLeast()));
          assertEquals(less.pay() * 3 * less.auditRatePermille() / 1_000, less.auditReserve());
          // Section 8: q · bond covers 20 steps, their emission included.
          long cost = less.bondLeast() / P.bondSteps();
          assertTrue(less.auditRatePermille() * less.bond() >= 20_000 * cost);
        });
  }

  /// A job with the least budget that may be, in which as much goes wrong as may: everything is
  /// paid all the same.
  @Test
  void j14LeastBudgetLastsForTheWorstCourse() {
    World world = new World(PRICE, 2 * PRICE, 3 * PRICE);
    JobSpec wish = Specs.spec(100);
    JobPlan plan = JobPlan.of(world.state(), World.PARAMETERS, world.now().height() + 1, 0, wish);
    Costs costs = plan.costs().orElseThrow();
    JobSpec spec = Specs.spec(100, new MoneySpec(costs.total(), 1L << 40, 0, Specs.HOUR));
    JobId id = world.submit(spec);
    world.start(id);
    for (int failure = 1; failure < Limits.FAILURES_MAX; failure++) {
      if (failure < Limits.FAILURES_MAX / 2) {
        world.idle(31);
        world.resume(id);
      } else {
        world.work(world.commit(id, 0), world.lie(id, 1), world.commit(id, 2));
      }
    }
    int rounds = world.job(id).rounds().count();
    for (int round = 0; round < rounds; round++) {
      world.round(id);
      for (int stage = 0; stage < 3 && round < rounds - 1; stage++) {
        if (world.isOpen(world.checkpoint(id, stage, round))) {
          world.work(world.checkpoint(id, stage, round));
        }
      }
    }
    world.checkpoints(id);
    world.idle(5);
    Escrow before = Escrows.get(world.state(), id).orElseThrow();
    long left = costs.pay() - world.job(id).earned().gross();
    assertTrue(before.budget() >= left, "%d of %d".formatted(before.budget(), left));
    world.idle(10);
    assertEquals(JobState.COMPLETED, world.job(id).state());
    assertEquals(
        List.of(rounds, rounds, rounds),
        world.job(id).stages().stream().map(stage -> stage.earned().rounds()).toList());
    JobEvent.Ended ended = (JobEvent.Ended) world.entries(id).getLast().event();
    // One failure less than reserved, the checkpoint of the last round lies on the cadence, and
    // nobody kept copies of the others.
    long unspent = (3 + 3 * 3 + 5 * 2 * 3) * World.PARAMETERS.block().slotCharge();
    long rounding = costs.pay() - world.job(id).earned().gross();
    assertEquals(costs.auditPot() + unspent + rounding, ended.refund());
  }

  /// Who shows a class again with every round, because nobody else takes its stage, does so at the
  /// cost of nobody's pay.
  @Test
  void j14ShowingAClassAgainIsPaidAsLongAsTheEscrowCoversIt() {
    Parameters parameters =
        Panel.PARAMETERS.with(Panel.PARAMETERS.training().with(it -> it.checkpointRounds = 1_000));
    long[] stakes = {1_000 * World.NIM, 1_000 * World.NIM, 1_000 * World.NIM};
    World world = new World(parameters, stakes, 0, PRICE, PRICE);
    JobSpec wish = Panel.alwaysAudited(500);
    JobPlan plan = JobPlan.of(world.state(), parameters, world.now().height() + 1, 0, wish);
    long least = plan.costs().orElseThrow().total();
    JobId id = world.submit(Specs.spec(500, new MoneySpec(least, 1L << 40, 1_000, Specs.HOUR)));
    Panel panel = new Panel(world, id);
    panel.start();
    while (world.job(id).state() == JobState.RUNNING) {
      world.round(id);
      world.idle((int) parameters.training().beaconDelay());
      deviating(panel);
      deviating(panel);
      if (world.job(id).state() == JobState.PAUSED) {
        world.resume(id);
      }
    }
    assertEquals("", world.job(id).status().reason().replaceAll("the escrow does not .*", ""));
    for (int i = 0; i < 200 && !world.job(id).state().isFinal(); i++) {
      deviating(panel);
    }
    assertEquals(JobState.FAILED, world.job(id).state());
    int closed = world.job(id).progress().closed();
    assertEquals(closed, world.job(id).stages().get(1).earned().rounds());
    assertEquals(closed, world.job(id).stages().get(2).earned().rounds());
  }

  /// A block in which all auditors say so of the first stage.
  private static void deviating(Panel panel) {
    List<WorkCall> calls = new ArrayList<>();
    for (Audit audit : panel.audits()) {
      Verdict found = audit.slot().stage() == 0 ? Verdict.DEVIATES : Verdict.UPHELD;
      for (AuditSeat seat : audit.heard()) {
        calls.add(Panel.commit(audit, seat.auditor(), found, Panel.ANSWER));
        calls.add(Panel.reveal(audit, seat.auditor(), found, Panel.ANSWER));
      }
    }
    calls.removeIf(call -> !panel.world.isOpen(call));
    panel.world.work(calls.toArray(WorkCall[]::new));
  }

  /// A stage that nobody else takes may get one with every checkpoint.
  @Test
  void j31AnyNumberOfStrikesCanBeWritten() {
    World world = new World(PRICE, PRICE, PRICE);
    HeldStage stage = world.job(world.submit(Specs.spec(20))).stages().getFirst();
    for (int i = 0; i <= 0x1_0000; i++) {
      stage = stage.strike(i);
    }
    assertTrue(Writer.encode(stage::write).size() > 0);
    assertTrue(stage.isOut());
  }

  @Test
  void strikesPassByThemselves() {
    var state = new Overlay(StateView.EMPTY);
    var miner = Specs.address(1);
    for (long epoch = 0; epoch < 5; epoch++) {
      Strikes.add(state, miner, epoch);
    }
    assertEquals(3, Strikes.of(state, miner, 4), "no more are counted");
    assertEquals(3, Strikes.of(state, miner, 11));
    assertEquals(2, Strikes.of(state, miner, 12));
    assertEquals(0, Strikes.of(state, miner, 14));
    assertEquals(0, Strikes.of(state, Specs.address(2), 4));
  }
}
