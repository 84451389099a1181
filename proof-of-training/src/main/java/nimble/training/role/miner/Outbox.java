package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import nimble.codec.Bytes;
import nimble.training.role.SendTensor;
import nimble.training.role.StepTensor;
import nimble.training.role.StepTensor.Kind;
import nimble.training.role.evidence.Position;
import nimble.types.PublicKey;

/// What was sent and may not have been consumed, to be sent again when a peer comes back (R5).
///
/// Having every stage's norm of step t, a stage knows that all have finished its backward passes:
/// nobody needs activations and gradients of t, nor norms of t − 1, any more. Roots are kept until
/// their round counts.
final class Outbox {
  private record Addressed(PublicKey to, StepTensor name) {}

  private final Map<Addressed, Bytes> sent = new LinkedHashMap<>();

  SendTensor send(PublicKey to, StepTensor name, Bytes payload) {
    sent.put(new Addressed(to, name), payload);
    return new SendTensor(to, name, payload);
  }

  List<SendTensor> again(PublicKey to) {
    return again().stream().filter(tensor -> tensor.to().equals(to)).toList();
  }

  List<SendTensor> again() {
    List<SendTensor> again = new ArrayList<>();
    sent.forEach((key, payload) -> again.add(new SendTensor(key.to, key.name, payload)));
    return again;
  }

  /// All norms of the step at `done` are here.
  void stepped(Position done) {
    drop(name ->
        switch (name.kind()) {
          case ACTIVATION, GRADIENT -> name.position().compareTo(done) <= 0;
          case NORM -> name.position().compareTo(done) < 0;
          case ROOT -> false;
        });
  }

  /// Rounds before `openRound` count.
  void counted(int openRound) {
    drop(name -> name.kind() == Kind.ROOT && name.round() < openRound);
  }

  int size() {
    return sent.size();
  }

  private void drop(Predicate<StepTensor> consumed) {
    sent.keySet().removeIf(key -> consumed.test(key.name));
  }
}
