package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.training.role.Progress;
import nimble.training.role.miner.MachineWork;
import nimble.training.role.miner.Seats;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

/// The roles against the real rules: what the miners say fits the slots that the chain opens.
final class MinersOnChainTest {
  private static final long PRICE = 100_000_000;

  private final World world = new World(PRICE, 2 * PRICE, 3 * PRICE);
  private final Crowd crowd = new Crowd(world);

  @Test
  void aJobRunsFromTheMatchToItsEnd() {
    JobId id = world.submit(Specs.spec(25));
    for (int i = 0; i < 3; i++) {
      join(World.FIRST_MINER + i);
    }
    crowd.runUntil(id, JobState.COMPLETED);
    Job job = world.job(id);
    assertEquals(3, job.progress().round());
    assertEquals(0, job.progress().failures());
    assertTrue(job.progress().newest().validation().isPresent());
    assertTrue(job.stages().stream().allMatch(stage -> stage.earned().rounds() == 3));
    assertEquals(
        3, Seats.served(world.state(), id).orElseThrow().replicas().getFirst().stages().size());
    assertTrue(
        crowd.progress.stream()
            .noneMatch(it -> it instanceof Progress.Failed || it instanceof Progress.Dropped));
  }

  @Test
  void minersLetGoOfAJobThatExpires() {
    JobId id = world.submit(Specs.spec(25));
    join(World.FIRST_MINER);
    join(World.FIRST_MINER + 1);
    crowd.runUntil(id, JobState.EXPIRED);
    crowd.block();
    assertTrue(crowd.actors.idle());
  }

  @Test
  void aMinerThatStartsAgainFindsWhatItServes() {
    JobId id = world.submit(Specs.spec(11));
    for (int i = 0; i < 3; i++) {
      join(World.FIRST_MINER + i);
    }
    PublicKey key = World.hotKey(World.FIRST_MINER);
    Seats held = new Seats(key);
    crowd.runUntil(id, JobState.RUNNING);
    assertEquals(1, held.in(world.state()).size());
    crowd.runUntil(id, JobState.COMPLETED);
    assertEquals(1, held.in(world.state()).size());
    assertEquals(held.in(world.state()), new Seats(key).in(world.state()));
  }

  private void join(int account) {
    ReferenceMachine machine = new ReferenceMachine();
    crowd.mine(account, (plan, stage) -> new MachineWork(machine, plan, stage, Specs.TOLERANCE));
  }
}
