package nimble.training.role.miner;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor;
import nimble.training.role.StepTensor;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.vm.StageSpec;

/// Who may send what to a slot, and how large it is: checked before a tensor is kept (R3).
final class Addressing {
  private Addressing() {}

  static boolean sameJob(StepTensor tensor, Seat seat) {
    StageSlot from = tensor.from();
    return from.job().equals(seat.slot().job()) && from.replica() == seat.slot().replica();
  }

  /// Whether the sending stage has such a tensor for this one.
  static boolean isFor(StepTensor tensor, Seat seat) {
    int from = tensor.from().stage();
    int distance = from - seat.stage();
    return from < seat.plan().depth()
        && switch (tensor.kind()) {
          case ACTIVATION -> distance == -1;
          case GRADIENT -> distance == 1;
          case ROOT -> Math.abs(distance) == 1;
          case NORM -> distance != 0;
        };
  }

  /// What is wrong with a tensor that is for this slot.
  static Optional<String> problem(PublicKey from, StepTensor tensor, Bytes payload, Seat seat) {
    if (!from.equals(seat.holder(tensor.from().stage()))) {
      return Optional.of("does not hold stage %d".formatted(tensor.from().stage()));
    }
    if (tensor.microBatch() >= seat.plan().microBatches()) {
      return Optional.of("micro-batch %d".formatted(tensor.microBatch()));
    }
    int size = size(tensor.kind(), seat.plan().stages().get(seat.stage()));
    return payload.size() == size
        ? Optional.empty()
        : Optional.of("%s of %d bytes, must be %d".formatted(tensor.kind(), payload.size(), size));
  }

  /// Token ids come from the gateway itself, all else from the stage before.
  static boolean maySend(PublicKey from, DecodeTensor tensor, Seat seat) {
    if (!tensor.job().equals(seat.slot().job())) {
      return false;
    }
    return switch (tensor.kind()) {
      case TOKENS -> seat.stage() == 0 && from.equals(tensor.gateway());
      case HIDDEN -> seat.stage() > 0 && from.equals(seat.holder(seat.stage() - 1));
      case RELEASE ->
          from.equals(seat.stage() == 0 ? tensor.gateway() : seat.holder(seat.stage() - 1));
      case CHOSEN, REFUSED, REPLAY, REPLAYED, PROMISE, PROMISED -> false;
    };
  }

  private static int size(StepTensor.Kind kind, StageSpec stage) {
    return switch (kind) {
      case ACTIVATION -> stage.inputBytes();
      case GRADIENT -> stage.outputBytes();
      case NORM -> Long.BYTES;
      case ROOT -> Hash.SIZE;
    };
  }
}
