package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.ChainId;
import nimble.types.Hash;

/// What a gateway signs for one host when a row is over and replayed: that it owes the host for its
/// positions, and what the host said of them. The chain sees the newest in a
/// [ServeCall.ServeReceipt]; an audit sees the one that it is about.
///
/// @param attempt how many had the seat before this host
/// @param from positions that it was promised before
/// @param tokens the same with this row's: a running total
/// @param row of the host's replay of it
public record ServePromise(StageSlot slot, int attempt, long from, long tokens, Hash row) {
  public ServePromise {
    Invariant.check(attempt >= 0 && attempt <= 0xffff, "attempt %d", attempt);
    Invariant.check(from >= 0 && from < tokens, "from %d to %d", from, tokens);
  }

  /// What is signed (C4).
  public Bytes preimage(ChainId chain) {
    return Writer.encode(writer -> {
      writer.string("nimble/promise", 32);
      chain.write(writer);
      write(writer);
    });
  }

  public void write(Writer writer) {
    slot.pack(writer);
    row.write(writer.u16(attempt).i64(from).i64(tokens));
  }

  public static ServePromise read(Reader reader) throws Malformed {
    StageSlot slot = StageSlot.unpack(reader);
    int attempt = reader.u16();
    long from = reader.i64();
    long tokens = reader.i64();
    if (from < 0 || from >= tokens) {
      throw new Malformed("a promise from %d to %d".formatted(from, tokens));
    }
    return new ServePromise(slot, attempt, from, tokens, Hash.read(reader));
  }
}
