package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.types.Address;
import nimble.types.Moment;
import nimble.types.Span;
import org.junit.jupiter.api.Test;

final class MaturityQueueTest {
  private static final Address OWNER = People.MINER.address();
  private static final Optional<StageSlot> NO_STAGE = Optional.empty();

  @Test
  void l5QueueAgreesWithAList() {
    Seeds.forEach(
        200,
        random -> {
          Span wait = new Span(random.nextInt(500), random.nextInt(5));
          Overlay state = new Overlay(StateView.EMPTY);
          ArrayDeque<Maturity> expected = new ArrayDeque<>();
          long timeMillis = 0;
          for (long height = 1; height < 60; height++) {
            timeMillis += 1 + random.nextInt(200);
            Moment now = new Moment(timeMillis, height);
            List<Maturity> due = new ArrayList<>();
            while (!expected.isEmpty() && expected.peek().due().reachedAt(now)) {
              due.add(expected.poll());
            }
            assertTrue(expected.stream().noneMatch(later -> later.due().reachedAt(now)));
            assertEquals(due, MaturityQueue.VESTING.takeDue(state, now));
            for (int i = random.nextInt(4); i > 0; i--) {
              Maturity entry =
                  new Maturity(
                      wait.after(now), OWNER, random.nextInt(1_000), NO_STAGE, Optional.empty());
              expected.add(entry);
              MaturityQueue.VESTING.push(state, entry);
            }
            assertEquals(expected.size(), MaturityQueue.VESTING.size(state));
          }
        });
  }

  @Test
  void l5BlockTakesABoundedNumberAndTheNextOneTheRest() {
    Overlay state = new Overlay(StateView.EMPTY);
    int many = MaturityQueue.TAKEN_MAX + 3;
    for (int i = 0; i < many; i++) {
      MaturityQueue.UNBONDING.push(
          state, new Maturity(new Moment(1, 1), OWNER, i, NO_STAGE, Optional.empty()));
    }
    Moment now = new Moment(2, 2);
    assertEquals(MaturityQueue.TAKEN_MAX, MaturityQueue.UNBONDING.takeDue(state, now).size());
    assertEquals(3, MaturityQueue.UNBONDING.takeDue(state, now).size());
    assertEquals(0, MaturityQueue.UNBONDING.takeDue(state, now).size());
  }

  @Test
  void l5TakenEntriesLeaveState() {
    Overlay state = new Overlay(StateView.EMPTY);
    MaturityQueue.UNBONDING.push(
        state, new Maturity(new Moment(1, 1), OWNER, 1, NO_STAGE, Optional.empty()));
    MaturityQueue.UNBONDING.takeDue(state, new Moment(1, 1));
    long items =
        state.writes().entrySet().stream()
            .filter(write -> write.getKey().startsWith(Bytes.wrap(new byte[] {Keys.QUEUE_ITEM})))
            .filter(write -> write.getValue().isPresent())
            .count();
    assertEquals(0, items);
  }

  @Test
  void queuesAreApart() {
    Overlay state = new Overlay(StateView.EMPTY);
    MaturityQueue.UNBONDING.push(
        state, new Maturity(new Moment(1, 1), OWNER, 1, NO_STAGE, Optional.empty()));
    assertEquals(List.of(), MaturityQueue.VESTING.takeDue(state, new Moment(9, 9)));
    assertEquals(1, MaturityQueue.UNBONDING.size(state));
  }
}
