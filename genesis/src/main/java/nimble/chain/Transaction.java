package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.types.Signature;
import org.jspecify.annotations.Nullable;

/// A signed order of an account. Immutable; what is derived from it is computed once, for a
/// transaction is sent, hashed and looked up many times.
public final class Transaction {
  /// The canonical bytes of a transaction are at most this many.
  public static final int BYTES_MAX = 32 * 1024;

  private static final int VERSION = 1;

  private final Unsigned body;
  private final Signature signature;
  // Whichever thread comes first computes them; all compute the same.
  private @Nullable Bytes encoded;
  private @Nullable Hash id;
  private @Nullable Address sender;

  public Transaction(Unsigned body, Signature signature) {
    this.body = body;
    this.signature = signature;
  }

  /// What the account signs.
  ///
  /// @param nonce the sender's count of transactions before this one
  /// @param validUntilMillis the last block time at which it may be included
  /// @param maxFee the most that base fee and tip may take together, in nim-units
  /// @param tip to the leader, in nim-units
  public record Unsigned(
      ChainId chainId,
      PublicKey sender,
      long nonce,
      long validUntilMillis,
      long maxFee,
      long tip,
      Call call) {
    public Unsigned {
      Invariant.check(
          nonce >= 0 && validUntilMillis >= 0 && maxFee >= 0 && tip >= 0, "negative quantity");
    }

    /// What is signed (C4).
    public Bytes preimage() {
      return Writer.encode(writer -> {
        writer.string("nimble/transaction", 32);
        write(writer);
      });
    }

    private void write(Writer writer) {
      writer.u8(VERSION);
      chainId.write(writer);
      sender.write(writer);
      writer.i64(nonce).i64(validUntilMillis).i64(maxFee).i64(tip);
      call.write(writer);
    }

    private static Unsigned read(Reader reader) throws Malformed {
      reader.version(VERSION);
      return new Unsigned(
          ChainId.read(reader),
          PublicKey.read(reader),
          reader.i64(),
          reader.i64(),
          reader.i64(),
          reader.i64(),
          Call.read(reader));
    }
  }

  public Unsigned body() {
    return body;
  }

  public Signature signature() {
    return signature;
  }

  public Hash id() {
    Hash known = id;
    if (known == null) {
      known = Hashing.sha256(encode());
      id = known;
    }
    return known;
  }

  /// The account of the sender's key.
  public Address sender() {
    Address known = sender;
    if (known == null) {
      known = AddressForm.addressOf(body.sender());
      sender = known;
    }
    return known;
  }

  public Bytes encode() {
    Bytes known = encoded;
    if (known == null) {
      known =
          Writer.encode(writer -> {
            body.write(writer);
            signature.write(writer);
          });
      encoded = known;
    }
    return known;
  }

  public void write(Writer writer) {
    writer.raw(encode());
  }

  /// Keeps the bytes that were read: there are no others that decode to this transaction.
  public static Transaction read(Reader reader) throws Malformed {
    int from = reader.position();
    Transaction transaction = new Transaction(Unsigned.read(reader), Signature.read(reader));
    transaction.encoded = reader.since(from);
    return transaction;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Transaction that
        && body.equals(that.body)
        && signature.equals(that.signature);
  }

  @Override
  public int hashCode() {
    return signature.hashCode();
  }

  @Override
  public String toString() {
    return "Transaction[body=%s, signature=%s]".formatted(body, signature);
  }
}
