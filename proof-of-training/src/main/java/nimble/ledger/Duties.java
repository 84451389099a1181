package nimble.ledger;

import java.util.function.UnaryOperator;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// What one validator did in the newest epoch in which it did anything.
///
/// @param blocks that it led
/// @param voteWeight permille of all vote weight, summed over these blocks
/// @param signed views on which its vote was counted
/// @param fees burned for work of the miners that name it
record Duties(long epoch, long blocks, long voteWeight, long signed, long fees) {
  static Duties in(StateView state, long epoch, Address validator) {
    return state
        .read(Keys.of(Keys.DUTIES, validator), Duties::read)
        .filter(kept -> kept.epoch() == epoch)
        .orElse(new Duties(epoch, 0, 0, 0, 0));
  }

  static void change(Overlay state, long epoch, Address validator, UnaryOperator<Duties> change) {
    Duties after = change.apply(in(state, epoch, validator));
    state.write(Keys.of(Keys.DUTIES, validator), after::write);
  }

  Duties addBlock(long weight) {
    return new Duties(epoch, blocks + 1, Math.addExact(voteWeight, weight), signed, fees);
  }

  Duties addVote() {
    return new Duties(epoch, blocks, voteWeight, signed + 1, fees);
  }

  Duties addFee(long fee) {
    return new Duties(epoch, blocks, voteWeight, signed, Math.addExact(fees, fee));
  }

  void write(Writer writer) {
    writer.i64(epoch).i64(blocks).i64(voteWeight).i64(signed).i64(fees);
  }

  static Duties read(Reader reader) throws Malformed {
    return new Duties(reader.i64(), reader.i64(), reader.i64(), reader.i64(), reader.i64());
  }
}
