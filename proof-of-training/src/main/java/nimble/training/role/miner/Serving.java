package nimble.training.role.miner;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor;
import nimble.training.role.MinerEffect;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;

/// One stage's part in generating: rows that wait, and where they go on (R11).
final class Serving {
  private static final int DECODES_MAX = 64;

  private record Decode(DecodeTensor tensor, Bytes input) {}

  private final StageWork work;
  private final Deque<Decode> waiting = new ArrayDeque<>();
  private final List<MinerEffect> effects = new ArrayList<>();

  Serving(StageWork work) {
    this.work = work;
  }

  void received(DecodeTensor tensor, Bytes input, boolean ready) {
    if (!ready || waiting.size() >= DECODES_MAX) {
      refuse(tensor, ready ? "busy" : "the model is not ready");
    } else {
      waiting.addLast(new Decode(tensor, input));
    }
  }

  Optional<Task> next() {
    return Optional.ofNullable(waiting.pollFirst())
        .map(turn -> () -> work.decode(turn.tensor, turn.input));
  }

  void decoded(Seat seat, DecodeTensor tensor, Bytes output) {
    boolean releases = tensor.kind() == DecodeTensor.Kind.RELEASE;
    if (!seat.last()) {
      DecodeTensor.Kind kind = releases ? DecodeTensor.Kind.RELEASE : DecodeTensor.Kind.HIDDEN;
      effects.add(new SendTensor(seat.holder(seat.stage() + 1), tensor.as(kind), output));
    } else if (!releases) {
      effects.add(new SendTensor(tensor.gateway(), tensor.as(DecodeTensor.Kind.CHOSEN), output));
    }
  }

  void refuse(DecodeTensor tensor, String reason) {
    effects.add(
        new SendTensor(tensor.gateway(), tensor.as(DecodeTensor.Kind.REFUSED), Bytes.utf8(reason)));
  }

  List<MinerEffect> effects() {
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }
}
