package nimble.chain;

import java.util.List;
import java.util.stream.Stream;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// A header and the entries it commits to.
public record Block(Header header, Body body) {
  /// Canonical bytes of a whole block: the genesis limit on bodies is lower.
  public static final int BYTES_MAX = 4 * 1024 * 1024;

  public static final int TRANSACTIONS_MAX = 20_000;
  public static final int WORK_CALLS_MAX = 20_000;

  /// Finalized views whose votes one block can carry.
  public static final int VOTES_MAX = 16;

  /// One aggregate of finalize votes, in the encoding of the consensus module.
  public static final int VOTE_BYTES_MAX = 512;

  /// Work calls are applied before transactions, each in order.
  ///
  /// @param votes for the newest finalized views, the aggregates of all finalize votes that the
  ///   proposer holds
  public record Body(
      List<SignedWorkCall> workCalls, List<Transaction> transactions, List<Bytes> votes) {
    public static final Body EMPTY = new Body(List.of(), List.of(), List.of());

    public Body {
      workCalls = List.copyOf(workCalls);
      transactions = List.copyOf(transactions);
      votes = List.copyOf(votes);
      Invariant.check(workCalls.size() <= WORK_CALLS_MAX, "%d work calls", workCalls.size());
      Invariant.check(
          transactions.size() <= TRANSACTIONS_MAX, "%d transactions", transactions.size());
      Invariant.check(votes.size() <= VOTES_MAX, "%d votes", votes.size());
    }

    /// Over work calls, then transactions, in the order of their receipts.
    public Hash txRoot() {
      return Merkle.root(
          Stream.concat(
                  workCalls.stream().map(SignedWorkCall::encode),
                  transactions.stream().map(Transaction::encode))
              .toList());
    }

    public Hash votesRoot() {
      return Merkle.root(votes);
    }

    public void write(Writer writer) {
      writer
          .list(workCalls, WORK_CALLS_MAX, SignedWorkCall::write)
          .list(transactions, TRANSACTIONS_MAX, Transaction::write)
          .list(votes, VOTES_MAX, (vote, to) -> to.bytes(vote, VOTE_BYTES_MAX));
    }

    public static Body read(Reader reader) throws Malformed {
      return new Body(
          reader.list(WORK_CALLS_MAX, SignedWorkCall::read),
          reader.list(TRANSACTIONS_MAX, Transaction::read),
          reader.list(VOTES_MAX, from -> from.bytes(VOTE_BYTES_MAX)));
    }
  }

  public Hash digest() {
    return header.digest();
  }

  /// Whether the header commits to this very body.
  public boolean isWhole() {
    return header.txRoot().equals(body.txRoot()) && header.votesRoot().equals(body.votesRoot());
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    header.write(writer);
    body.write(writer);
  }

  public static Block read(Reader reader) throws Malformed {
    return new Block(Header.read(reader), Body.read(reader));
  }

  /// Of bytes from anywhere: a digest names the header only, so what is kept under it must be
  /// whole.
  public static Block decode(Bytes bytes) throws Malformed {
    if (bytes.size() > BYTES_MAX) {
      throw new Malformed("block of %d bytes, at most %d".formatted(bytes.size(), BYTES_MAX));
    }
    Block block = Reader.decode(bytes, Block::read);
    if (!block.isWhole()) {
      throw new Malformed("the body is not what the header commits to");
    }
    return block;
  }
}
