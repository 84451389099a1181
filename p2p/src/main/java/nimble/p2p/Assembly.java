package nimble.p2p;

import java.util.Arrays;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// Puts the parts of one message together (rule P4). Memory grows with what has arrived, never with
/// what was promised.
public final class Assembly {
  private byte[] buffer = new byte[0];
  private int collected;
  private int total;
  private Kind kind = Kind.PART;

  /// The whole message, with its last part.
  public Optional<Message> add(Part part) throws Malformed {
    if (part.offset() != collected || (collected > 0 && !continues(part))) {
      throw new Malformed(
          "part of %s at %d of %d, after %d of %d of %s"
              .formatted(part.kind(), part.offset(), part.total(), collected, total, kind));
    }
    kind = part.kind();
    total = part.total();
    append(part.data());
    return collected == total ? Optional.of(finish()) : Optional.empty();
  }

  private boolean continues(Part part) {
    return part.kind() == kind && part.total() == total;
  }

  private void append(Bytes data) {
    int needed = collected + data.size();
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(total, Math.max(needed, 2L * buffer.length)));
    }
    data.asBuffer().get(buffer, collected, data.size());
    collected = needed;
  }

  /// In bytes of memory.
  int held() {
    return buffer.length;
  }

  private Message finish() {
    Message whole = new Message(kind, Bytes.wrap(buffer));
    buffer = new byte[0];
    collected = 0;
    return whole;
  }
}
