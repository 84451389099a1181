package nimble.ledger;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// One account's part in a [DelegationPool].
///
/// @param since what a share had earned when this account was paid last
record Delegation(long shares, long since) {
  void write(Writer writer) {
    writer.i64(shares).i64(since);
  }

  static Delegation read(Reader reader) throws Malformed {
    return new Delegation(reader.i64(), reader.i64());
  }
}
