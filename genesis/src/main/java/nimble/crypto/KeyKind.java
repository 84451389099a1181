package nimble.crypto;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// The three kinds of key, never mixed.
public enum KeyKind {
  /// Ed25519. Owns funds; a running node never needs it.
  ACCOUNT(1),
  /// Ed25519. The identity of a node; signs its work calls and proposals.
  HOT(2),
  /// BLS. Signs a validator's votes.
  VOTE(3);

  private final int code;

  KeyKind(int code) {
    this.code = code;
  }

  void write(Writer writer) {
    writer.u8(code);
  }

  static KeyKind read(Reader reader) throws Malformed {
    int code = reader.u8();
    for (KeyKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new Malformed("key kind %d".formatted(code));
  }
}
