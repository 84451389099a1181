package nimble.training;

import static nimble.chain.Verdict.REJECTED;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.types.JobId;
import nimble.vm.Precision;
import org.junit.jupiter.api.Test;

/// Appeals where the game has no bounds for the program (J30).
final class AppealsTest {
  private static final long STAKE = 1_000 * World.NIM;
  private static final long PRICE = 100_000_000;
  private static final int CHALLENGE = (int) Panel.PARAMETERS.training().dataChallenge().blocks();

  private final World world =
      Panel.world(
          new long[] {STAKE, STAKE, STAKE, STAKE, STAKE, STAKE}, PRICE, PRICE, PRICE, PRICE);
  private final JobId id = world.submit(narrow());
  private final Panel panel = new Panel(world, id);

  private static JobSpec narrow() {
    JobSpec spec = Panel.alwaysAudited(60);
    return new JobSpec(
        spec.name(),
        spec.theme(),
        spec.model().in(Precision.BF16),
        spec.data(),
        spec.training(),
        spec.cuts(),
        spec.device(),
        spec.money());
  }

  private Audit appealed() {
    panel.start();
    Audit contested = panel.contested(REJECTED, UPHELD);
    world.work(Panel.appeal(contested));
    return contested;
  }

  private boolean slashes() {
    return world.story(id).contains(AuditEvent.Slashed.class.getSimpleName());
  }

  @Test
  void j30AnAppealIsNoWayOutOfAGuiltyVote() {
    Audit audit = appealed();
    panel.vote(audit, REJECTED, REJECTED, REJECTED, REJECTED, REJECTED, REJECTED);
    assertEquals(AuditOutcome.REJECTED, panel.outcome(audit));
    assertTrue(slashes());
  }

  @Test
  void j30WhereTooFewVotedNobodyIsSlashed() {
    Audit audit = appealed();
    panel.pass(CHALLENGE, audit);
    assertEquals(AuditOutcome.UNDECIDED, panel.outcome(audit));
    assertFalse(slashes());
  }
}
