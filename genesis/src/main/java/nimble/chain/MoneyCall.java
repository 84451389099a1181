package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// Calls that move NIM between accounts.
public sealed interface MoneyCall extends Call {
  /// Moves `amount` nim-units to `to`.
  record Transfer(Address to, long amount, Bytes memo) implements MoneyCall {
    public static final int MEMO_MAX = 128;

    public Transfer {
      Invariant.check(amount >= 0, "amount %d", amount);
      Invariant.check(memo.size() <= MEMO_MAX, "memo of %d bytes", memo.size());
    }

    @Override
    public void write(Writer writer) {
      to.write(writer.u8(0x01));
      writer.i64(amount).bytes(memo, MEMO_MAX);
    }
  }

  static MoneyCall read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 0x01 ->
          new Transfer(Address.read(reader), reader.i64(), reader.bytes(Transfer.MEMO_MAX));
      default -> throw Call.unknown(tag);
    };
  }
}
