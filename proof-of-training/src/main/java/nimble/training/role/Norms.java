package nimble.training.role;

import java.util.List;

/// Squared norms of a step's rounded gradients: bits of fp64, one per stage in order.
public record Norms(List<Long> bits) {
  public Norms {
    bits = List.copyOf(bits);
  }
}
