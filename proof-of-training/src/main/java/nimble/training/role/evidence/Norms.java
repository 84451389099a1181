package nimble.training.role.evidence;

import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.Cuts;

/// Squared norms of a step's rounded gradients, as the stages announced them: bits of fp64, one per
/// stage in order. What is multiplied with the gradient follows from them, so neighbours commit to
/// the same ones (R9).
public record Norms(List<Long> bits) {
  public Norms {
    bits = List.copyOf(bits);
  }

  Hash hash() {
    return Hashing.of("norms", Writer.encode(this::write));
  }

  void write(Writer writer) {
    writer.list(bits, Cuts.STAGES_MAX, (norm, to) -> to.u64(norm));
  }

  static Norms read(Reader reader) throws Malformed {
    return new Norms(reader.list(Cuts.STAGES_MAX, Reader::u64));
  }
}
