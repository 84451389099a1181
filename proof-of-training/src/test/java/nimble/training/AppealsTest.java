package nimble.training;

import static nimble.chain.Verdict.REJECTED;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.training.spec.JobSpec;
import nimble.types.JobId;
import nimble.vm.Cuts;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;

/// Appeals where the game has no room for the program (J30).
final class AppealsTest {
  private static final long STAKE = 1_000 * World.NIM;
  private static final long PRICE = 100_000_000;
  private static final int CHALLENGE = (int) Panel.PARAMETERS.training().dataChallenge().blocks();

  private final World world =
      Panel.world(
          new long[] {STAKE, STAKE, STAKE, STAKE, STAKE, STAKE}, PRICE, PRICE, PRICE, PRICE);
  private final JobId id = world.submit(deep());
  private final Panel panel = new Panel(world, id);

  /// In one stage of more operators than a move can list.
  private static JobSpec deep() {
    JobSpec spec = Panel.alwaysAudited(60);
    return new JobSpec(
        spec.name(),
        spec.theme(),
        new Gpt(256, 8, 24, 1, 8, false).spec(),
        spec.data(),
        spec.training(),
        new Cuts(List.of()),
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
