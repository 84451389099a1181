package nimble.training.role.miner;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.training.role.StepTensor;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.Position;

/// Tensors that came before they were needed. What can be kept is bounded: of the current attempt,
/// names of this step and the next (R4), a finite set; of a later attempt, a fixed count.
final class Inbox {
  private final Plan plan;
  private final int laterMax;
  private final SortedMap<StepTensor, Bytes> waiting = new TreeMap<>();
  private Position at = new Position(0, 0, 0);
  private int later;

  Inbox(Plan plan) {
    this.plan = plan;
    laterMax = 2 * (plan.microBatches() + plan.depth());
  }

  /// A duplicate, a late and an early tensor are all of no use.
  void offer(StepTensor name, Bytes payload) {
    Position position = name.position();
    if (name.attempt() > at.attempt()) {
      if (later < laterMax && waiting.putIfAbsent(name, payload) == null) {
        later++;
      }
    } else if (position.equals(at) || position.equals(plan.after(at))) {
      waiting.putIfAbsent(name, payload);
    }
  }

  Optional<Bytes> find(StepTensor name) {
    return Optional.ofNullable(waiting.get(name));
  }

  Optional<Bytes> take(StepTensor name) {
    return Optional.ofNullable(waiting.remove(name));
  }

  /// Moves on: what lies before `position` is dropped.
  void moveTo(Position position) {
    at = position;
    waiting.keySet().removeIf(name -> name.position().compareTo(position) < 0);
    later = (int) waiting.keySet().stream().filter(n -> n.attempt() > at.attempt()).count();
  }

  int size() {
    return waiting.size();
  }
}
