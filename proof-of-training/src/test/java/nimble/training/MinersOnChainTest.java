package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.training.role.MachineWork;
import nimble.training.role.Miner;
import nimble.training.role.MinerEffect;
import nimble.training.role.MinerInput;
import nimble.training.role.Progress;
import nimble.training.role.Seats;
import nimble.training.role.SendTensor;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

/// The roles against the real rules: what the miners say fits the slots that the chain opens.
final class MinersOnChainTest {
  private static final long PRICE = 100_000_000;
  private static final int BLOCKS_MAX = 400;
  private static final Bytes TEXT =
      Bytes.utf8("a text of twenty-five ch. ".repeat(40)).slice(0, 1_000);

  private final World world = new World(PRICE, 2 * PRICE, 3 * PRICE);
  private final SortedMap<PublicKey, Miner> miners = new TreeMap<>();
  private final SortedMap<PublicKey, Seats> seats = new TreeMap<>();
  private final Deque<Runnable> events = new ArrayDeque<>();
  private final List<WorkCall> calls = new ArrayList<>();
  private final List<Progress> failures = new ArrayList<>();

  @Test
  void aJobRunsFromTheMatchToItsEnd() {
    JobId id = world.submit(Specs.spec(25));
    for (int i = 0; i < 3; i++) {
      join(World.FIRST_MINER + i);
    }
    runUntil(id, JobState.COMPLETED);
    Job job = world.job(id);
    assertEquals(3, job.progress().round());
    assertEquals(0, job.progress().failures());
    assertTrue(job.progress().newest().validation().isPresent());
    assertTrue(job.stages().stream().allMatch(stage -> stage.earned().rounds() == 3));
    assertEquals(
        3, Seats.served(world.state(), id).orElseThrow().replicas().getFirst().stages().size());
    assertEquals(List.of(), failures);
  }

  @Test
  void minersLetGoOfAJobThatExpires() {
    JobId id = world.submit(Specs.spec(25));
    join(World.FIRST_MINER);
    join(World.FIRST_MINER + 1);
    runUntil(id, JobState.EXPIRED);
    block();
    assertTrue(miners.values().stream().allMatch(Miner::idle));
  }

  @Test
  void aMinerThatStartsAgainFindsWhatItServes() {
    JobId id = world.submit(Specs.spec(11));
    for (int i = 0; i < 3; i++) {
      join(World.FIRST_MINER + i);
    }
    runUntil(id, JobState.COMPLETED);
    seats.forEach((key, held) -> {
      assertEquals(1, held.in(world.state()).size());
      assertEquals(held.in(world.state()), new Seats(key).in(world.state()));
    });
  }

  private void join(int account) {
    PublicKey key = World.hotKey(account);
    ReferenceMachine machine = new ReferenceMachine();
    miners.put(
        key,
        new Miner(key, (plan, stage) -> new MachineWork(machine, plan, stage, Specs.TOLERANCE)));
    seats.put(key, new Seats(key));
  }

  private void runUntil(JobId id, JobState state) {
    for (int i = 0; i < BLOCKS_MAX; i++) {
      block();
      if (world.job(id).state() == state) {
        return;
      }
    }
    throw new AssertionError("after %d blocks: %s".formatted(BLOCKS_MAX, world.job(id).status()));
  }

  /// A block with what was submitted, then all that follows from it.
  private void block() {
    WorkCall[] open = calls.stream().filter(world::isOpen).toArray(WorkCall[]::new);
    calls.clear();
    world.work(open);
    seats.forEach((key, held) ->
        handle(
            key,
            new MinerInput.Finalized(
                world.now(), held.in(world.state()), held.retained(world.state()))));
    while (!events.isEmpty()) {
      events.removeFirst().run();
    }
  }

  private void handle(PublicKey self, MinerInput input) {
    Miner miner = miners.get(self);
    if (miner != null) {
      miner.handle(input).forEach(effect -> perform(self, effect));
    }
  }

  private void perform(PublicKey self, MinerEffect effect) {
    switch (effect) {
      case MinerEffect.Submit(var call) -> calls.add(call);
      case SendTensor(var to, var name, var payload) ->
          later(to, new MinerInput.TensorReceived(self, name, payload));
      case MinerEffect.Compute(var slot, long task, var work) ->
          later(self, new MinerInput.Computed(slot, task, work.run()));
      case MinerEffect.FetchData(var manifest) ->
          later(self, new MinerInput.DataFetched(manifest, TEXT));
      case MinerEffect.StoreBlob _ -> {}
      case MinerEffect.FindEvidence() ->
          later(self, new MinerInput.EvidenceFound(Collections.emptySortedMap()));
      case MinerEffect.KeepEvidence _, MinerEffect.WriteEvidence _ ->
          later(self, new MinerInput.EvidenceKept(true));
      case MinerEffect.FetchEvidence(String group, var manifest, var _, long _) ->
          later(self, new MinerInput.EvidenceFailed(group, manifest, "forgotten"));
      case MinerEffect.DropEvidence _ -> {}
      case MinerEffect.StartTimer(var slot, long _) -> later(self, new MinerInput.TimerFired(slot));
      case MinerEffect.Report(var _, var progress) -> {
        if (progress instanceof Progress.Failed || progress instanceof Progress.Dropped) {
          failures.add(progress);
        }
      }
    }
  }

  private void later(PublicKey to, MinerInput input) {
    events.addLast(() -> handle(to, input));
  }
}
