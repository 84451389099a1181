package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.Concede;
import nimble.chain.AuditCall.DataChallenge;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.ledger.Accounts;
import nimble.ledger.Execution;
import nimble.sim.Seeds;
import nimble.types.Address;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Whole jobs before juries of which a part does not do its work (J16 to J19). Seven validators of
/// the same stake.
final class JuryTest {
  private static final long PRICE = 100_000_000;
  private static final int SEEDS = 6;
  private static final int BLOCKS_MAX = 400;

  /// How a validator audits.
  private enum Juror {
    HONEST,
    /// Says that all is well without looking.
    LAZY,
    FALSE_ACCUSER,
    /// Commits, and never reveals.
    SILENT
  }

  private static final class Trial {
    final World world;
    final JobId id;
    final Panel panel;
    final Address first;
    private final List<Juror> jurors;
    private final boolean lies;

    /// @param lies whether all that the first stage's first miner does is false
    Trial(SplittableRandom random, boolean lies, Juror... odd) {
      long[] stakes = new long[7];
      Arrays.fill(stakes, 1_000 * World.NIM);
      this.world = Panel.world(stakes, PRICE, PRICE, PRICE, PRICE + 1);
      this.world.idle(random.nextInt(50));
      this.id = world.submit(Panel.alwaysAudited(40));
      this.panel = new Panel(world, id);
      this.first = world.job(id).stages().getFirst().miner();
      this.lies = lies;
      this.jurors = new ArrayList<>(List.of(odd));
      while (jurors.size() < stakes.length) {
        jurors.add(Juror.HONEST);
      }
    }

    Job run() {
      for (int i = 0; i < BLOCKS_MAX && !world.job(id).state().isFinal(); i++) {
        block();
      }
      return world.job(id);
    }

    private void block() {
      List<WorkCall> calls = new ArrayList<>();
      for (int stage = 0; stage < 3; stage++) {
        ofMiner(stage).filter(world::isOpen).forEach(calls::add);
      }
      for (int i = 0; i < jurors.size(); i++) {
        int account = world.validators.get(i);
        for (int stage = 0; stage < 3; stage++) {
          Stream.of(panel.join(stage, account), panel.open(stage, account))
              .filter(world::isOpen)
              .forEach(calls::add);
        }
        for (Audit audit : panel.audits()) {
          says(jurors.get(i), audit, account).filter(world::isOpen).forEach(calls::add);
        }
      }
      WorkCall[] together = calls.toArray(WorkCall[]::new);
      if (world.attempt(together) instanceof Execution.Executed) {
        world.work(together);
      } else {
        // One of them closed the slot of another.
        calls.stream().limit(1).forEach(world::work);
      }
    }

    private Stream<WorkCall> ofMiner(int stage) {
      List<WorkCall> calls = new ArrayList<>();
      Job job = world.job(id);
      calls.add(world.accept(id, stage));
      calls.add(world.open(id, stage));
      calls.add(world.commit(id, stage));
      Address next = job.stages().get((stage + 1) % 3).miner();
      for (int round = Math.max(0, job.progress().round() - 3);
          round < job.progress().round();
          round++) {
        calls.add(world.checkpoint(id, stage, round));
        calls.add(world.kept(id, stage, round, next));
      }
      return calls.stream();
    }

    private Stream<WorkCall> says(Juror juror, Audit audit, int account) {
      boolean isFalse = lies && audit.miner().equals(first);
      Verdict verdict =
          switch (juror) {
            case LAZY -> Verdict.UPHELD;
            case FALSE_ACCUSER -> Verdict.REJECTED;
            case HONEST, SILENT -> isFalse ? Verdict.REJECTED : Verdict.UPHELD;
          };
      return Panel.everything(audit, account, verdict).stream()
          .filter(call -> !(call instanceof Concede) && !(call instanceof Appeal))
          .filter(call -> !(call instanceof DataChallenge))
          .filter(call -> juror != Juror.SILENT || call instanceof AuditCommit);
    }

    boolean tells(Class<? extends JobEvent> kind) {
      return world.story(id).contains(kind.getSimpleName());
    }

    long stakeOf(int juror) {
      var account = Accounts.get(world.state(), World.address(world.validators.get(juror)));
      return account.stake() + account.vesting();
    }

    long roundsPaidTo(Address miner) {
      return world.entries(id).stream()
          .filter(
              entry -> entry.event() instanceof JobEvent.Paid paid && paid.miner().equals(miner))
          .count();
    }
  }

  @Test
  void j18FalseAccusersConvictNobodyAndEarnLess() {
    Seeds.forEach(
        SEEDS,
        random -> {
          Trial trial = new Trial(random, false, Juror.FALSE_ACCUSER, Juror.FALSE_ACCUSER);
          assertEquals(JobState.COMPLETED, trial.run().state());
          assertFalse(trial.tells(AuditEvent.Slashed.class));
          assertTrue(trial.tells(AuditEvent.Contested.class));
          assertEquals(12, trial.world.job(trial.id).earned().rounds(), "all is paid");
          for (int honest = 2; honest < 7; honest++) {
            assertTrue(trial.stakeOf(honest) >= trial.stakeOf(0));
          }
        });
  }

  @Test
  void j17SilentAuditorsHoldNothingUp() {
    Seeds.forEach(
        SEEDS,
        random -> {
          Trial trial = new Trial(random, false, Juror.SILENT, Juror.SILENT, Juror.SILENT);
          assertEquals(JobState.COMPLETED, trial.run().state());
          assertFalse(trial.tells(AuditEvent.Slashed.class));
          assertEquals(12, trial.world.job(trial.id).earned().rounds(), "all is paid");
          for (int honest = 3; honest < 7; honest++) {
            assertTrue(trial.stakeOf(honest) > trial.stakeOf(0), "silence costs");
          }
        });
  }

  @Test
  void j18LiarIsConvictedWhoeverIsLazy() {
    Seeds.forEach(
        SEEDS,
        random -> {
          Trial trial = new Trial(random, true, Juror.LAZY, Juror.LAZY);
          Job job = trial.run();
          assertTrue(trial.tells(AuditEvent.Slashed.class));
          assertEquals(JobState.COMPLETED, job.state(), "another miner did it");
          assertFalse(job.stages().getFirst().miner().equals(trial.first));
          assertEquals(0, trial.roundsPaidTo(trial.first));
          assertEquals(1, job.progress().rematches());
        });
  }

  @Test
  void j18LazyMinorityThatBlocksTheVoteDoesNotGetTheLiarPaid() {
    Seeds.forEach(
        SEEDS,
        random -> {
          Trial trial = new Trial(random, true, Juror.LAZY, Juror.LAZY, Juror.LAZY);
          trial.run();
          long upheld =
              trial.panel.closed().stream()
                  .filter(closed -> closed.stage() == 0 && closed.outcome() == AuditOutcome.UPHELD)
                  .count();
          assertTrue(trial.roundsPaidTo(trial.first) <= upheld, "only where two of them sat alone");
          assertFalse(trial.tells(AuditEvent.Slashed.class), "three sevenths acquit");
        });
  }
}
