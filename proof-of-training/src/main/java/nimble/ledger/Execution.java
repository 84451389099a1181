package nimble.ledger;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import nimble.chain.Receipt;
import nimble.codec.Bytes;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// What came of executing a block.
public sealed interface Execution {
  /// @param writes from the parent's state to this block's; an empty value is a removal
  /// @param receipts of work calls, then of transactions, in the order of the body
  record Executed(
      SortedMap<Bytes, Optional<Bytes>> writes, List<Receipt> receipts, Hash receiptsRoot)
      implements Execution {
    public Executed {
      writes = Collections.unmodifiableSortedMap(writes);
      receipts = List.copyOf(receipts);
    }

    static Executed of(Overlay state, List<Receipt> receipts) {
      return new Executed(state.writes(), receipts, rootOf(receipts));
    }
  }

  /// No honest proposer makes this block.
  record Invalid(String reason) implements Execution {}

  static Hash rootOf(List<Receipt> receipts) {
    return Merkle.root(receipts.stream().map(Receipt::encode).toList());
  }
}
