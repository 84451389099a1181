package nimble.vm.trace;

import java.util.List;
import nimble.codec.Malformed;

/// What openings hold; that they lead to the right roots is for the caller to check.
public record Opened(List<Opening> openings) implements Operands {
  public Opened {
    openings = List.copyOf(openings);
  }

  @Override
  public int bits(int tensor, int at) throws Malformed {
    for (Opening opening : openings) {
      if (opening.tensor() == tensor && opening.holds(at)) {
        return opening.bits(at);
      }
    }
    throw new Malformed("element %d of tensor %d is not opened".formatted(at, tensor));
  }
}
