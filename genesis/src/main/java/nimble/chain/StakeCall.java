package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Calls about NIM that votes.
public sealed interface StakeCall extends Call {
  /// Moves `amount` from the balance into the sender's own stake.
  record StakeAdd(long amount) implements StakeCall {
    public StakeAdd {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(0x10).i64(amount);
    }
  }

  /// Takes `amount` from bond and stake, free parts first, into unbonding.
  record StakeRemove(long amount) implements StakeCall {
    public StakeRemove {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(0x11).i64(amount);
    }
  }

  static StakeCall read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 0x10 -> new StakeAdd(reader.i64());
      case 0x11 -> new StakeRemove(reader.i64());
      default -> throw Call.unknown(tag);
    };
  }
}
