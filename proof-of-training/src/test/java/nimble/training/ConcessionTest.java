package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditId;
import nimble.ledger.Accounts;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// A miner admits that a round is wrong: the work is done again at its expense, nobody is slashed.
final class ConcessionTest {
  private static final long PRICE = 100_000_000;
  private final World world = new World(PRICE, 2 * PRICE, 3 * PRICE);
  private final JobId id = world.submit(Specs.spec(60));

  private void concede(int stage, int serial) {
    ClosedRound round = Jobs.unsettled(world.state(), id, serial).orElseThrow();
    Audit audit = audit(id, round, stage);
    world.turn(id, turn -> Conviction.concede(turn, audit));
  }

  /// Of any step of a round.
  static Audit audit(JobId job, ClosedRound round, int stage) {
    return new Audit(
        new AuditId(job, 0),
        World.slot(job, stage),
        round.stages().get(stage).miner(),
        round.serial(),
        round.round(),
        round.attempt(),
        0,
        Hash.ZERO,
        Audit.Phase.CONCEDING,
        new Moment(0, 0),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        Audit.Contest.NONE);
  }

  private long locked(int stage) {
    return Bonds.lockOf(
            world.state(), World.slot(id, stage), world.job(id).stages().get(stage).miner())
        .orElseThrow()
        .amount();
  }

  private void goOn() {
    while (world.job(id).state() == JobState.RUNNING) {
      int round = world.job(id).progress().round();
      world.round(id);
      if (ResumePoints.at(world.state(), id, round).isPresent()) {
        world.hold(id, round);
      }
    }
    world.idle(12);
  }

  @Test
  void j26JobGoesOnAtOnceWithTheSameMiners() {
    world.start(id);
    for (int i = 0; i < 3; i++) {
      world.round(id);
      if (i == 1) {
        world.hold(id, 1);
      }
    }
    List<Address> miners = world.job(id).stages().stream().map(HeldStage::miner).toList();
    long bond = locked(1);
    long total = Escrows.get(world.state(), id).orElseThrow().total();
    concede(1, 2);
    Job job = world.job(id);
    assertEquals(JobState.RUNNING, job.state());
    assertEquals(2, job.progress().round(), "what the point after round 1 holds stands");
    assertEquals(1, job.progress().failures());
    assertEquals(miners, job.stages().stream().map(HeldStage::miner).toList());
    assertEquals(0, job.stages().get(1).strikes());
    ClosedRound conceded = Jobs.unsettled(world.state(), id, 2).orElseThrow();
    assertEquals(
        List.of(true, false, true), conceded.stages().stream().map(ClosedStage::payable).toList());
    assertTrue(Jobs.unsettled(world.state(), id, 1).orElseThrow().stages().get(1).payable());
    long paid = bond - locked(1);
    long again = 0;
    for (int stage : List.of(0, 2)) {
      again += conceded.stages().get(stage).pay();
    }
    assertTrue(paid >= again, "%d of %d".formatted(paid, again));
    assertEquals(total + paid, Escrows.get(world.state(), id).orElseThrow().total());
    goOn();
    assertEquals(JobState.COMPLETED, world.job(id).state());
    assertEquals(List.of(), Replay.of(world.entries(id)).differences(world.job(id)));
    assertEquals(6, Jobs.record(world.state(), id).orElseThrow().sums().rounds());
    assertEquals(7, world.job(id).stages().getFirst().earned().rounds());
    assertEquals(6, world.job(id).stages().get(1).earned().rounds());
    assertEquals(0, Accounts.get(world.state(), miners.get(1)).locked());
  }

  @Test
  void j26LastRoundIsDoneAgainToo() {
    world.start(id);
    world.rounds(id);
    assertEquals(JobState.SETTLING, world.job(id).state());
    concede(0, 5);
    assertEquals(JobState.RUNNING, world.job(id).state());
    assertEquals(0, world.job(id).progress().round(), "nobody holds anything");
    goOn();
    assertEquals(JobState.COMPLETED, world.job(id).state());
  }

  @Test
  void j26RoundThatIsDoneAgainAnywayIsOnlyUnpaid() {
    world.start(id);
    world.round(id);
    world.round(id);
    concede(1, 1);
    world.round(id);
    int attempt = world.job(id).progress().failures();
    concede(2, 1);
    assertEquals(attempt, world.job(id).progress().failures());
    assertEquals(1, world.job(id).progress().round());
    assertFalse(Jobs.unsettled(world.state(), id, 1).orElseThrow().stages().get(2).payable());
  }

  @Test
  void j26EndingJobDoesNotBeginAnew() {
    world.start(id);
    world.round(id);
    world.turn(id, turn -> Settlement.begin(turn, JobState.EXPIRED, "its deadline passed"));
    concede(1, 0);
    assertEquals(JobState.SETTLING, world.job(id).state());
    world.idle(12);
    assertEquals(JobState.EXPIRED, world.job(id).state());
    assertEquals(2, world.job(id).earned().rounds());
  }
}
