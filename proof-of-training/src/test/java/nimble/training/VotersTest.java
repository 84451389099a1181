package nimble.training;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.StakeCall.ValidatorRegister;
import nimble.chain.Verdict;
import nimble.crypto.VoteSigningKey;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Who judges work (L22): the validators of the running epoch.
final class VotersTest {
  private static final long PRICE = 100_000_000;
  private static final long STAKE = 1_000 * World.NIM;

  /// Who registers is elected later, or never: votes of such would be without number.
  @Test
  void j18OnlyWhoVotesInTheEpochJoinsOrVotes() {
    World world = Panel.world(new long[] {STAKE, STAKE, STAKE, STAKE}, PRICE, PRICE, PRICE);
    JobId id = world.submit(Panel.alwaysAudited(60));
    Panel panel = new Panel(world, id);
    int newcomer = World.DEVELOPER;
    world.done(newcomer, new StakeAdd(100 * World.NIM));
    VoteSigningKey key = World.voteKey(newcomer);
    world.done(
        newcomer,
        new ValidatorRegister(key.voteKey(), key.provePossession(), World.hotKey(newcomer), 0));
    assertTrue(world.isOpen(panel.join(0, world.validators.getFirst())));
    assertFalse(world.isOpen(panel.join(0, newcomer)));
    panel.start();
    Audit audit = panel.contested(Verdict.REJECTED, Verdict.UPHELD);
    assertTrue(world.isOpen(Panel.vote(audit, world.validators.getFirst(), Verdict.UPHELD)));
    assertFalse(world.isOpen(Panel.vote(audit, newcomer, Verdict.UPHELD)));
  }
}
