package nimble.light;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.Receipt;
import nimble.chain.Transaction;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// That a block holds an entry, and what became of it (Y6). Both trees are of one shape, so one
/// list of turns leads to the entry in one and to its receipt in the other. The entry's number is
/// not claimed: roots do not commit to sizes, so a number could be false.
///
/// @param entry canonical bytes of a transaction or of a signed work call
/// @param turns from the leaf upwards: on which side the sibling stands, and its hash in the tree
///   of entries
/// @param receiptSiblings the siblings in the tree of receipts, as many
public record Inclusion(
    Bytes entry, Receipt receipt, List<Turn> turns, List<Hash> receiptSiblings) {
  public static final int ENTRY_BYTES_MAX = Transaction.BYTES_MAX;

  /// Enough for every entry that a block can hold.
  public static final int TURNS_MAX =
      Integer.SIZE - Integer.numberOfLeadingZeros(Block.TRANSACTIONS_MAX + Block.WORK_CALLS_MAX);

  /// One step up a tree.
  ///
  /// @param left whether the sibling is the left one
  public record Turn(boolean left, Hash sibling) {
    private void write(Writer writer) {
      sibling.write(writer.bool(left));
    }

    private static Turn read(Reader reader) throws Malformed {
      return new Turn(reader.bool(), Hash.read(reader));
    }
  }

  public Inclusion {
    turns = List.copyOf(turns);
    receiptSiblings = List.copyOf(receiptSiblings);
    Invariant.check(
        turns.size() <= TURNS_MAX && turns.size() == receiptSiblings.size(),
        "%d turns, %d siblings",
        turns.size(),
        receiptSiblings.size());
  }

  /// The proof for number `index` of a block's entries.
  public static Inclusion of(List<Bytes> entries, List<Receipt> receipts, int index) {
    List<Hash> siblings = Merkle.path(entries, index);
    List<Boolean> sides = sides(entries.size(), index);
    return new Inclusion(
        entries.get(index),
        receipts.get(index),
        IntStream.range(0, siblings.size())
            .mapToObj(i -> new Turn(sides.get(i), siblings.get(i)))
            .toList(),
        Merkle.path(receipts.stream().map(Receipt::encode).toList(), index));
  }

  /// For each sibling on the way up whether it is the left one (RFC 9162, section 2.1.3.2).
  private static List<Boolean> sides(int size, int index) {
    ArrayList<Boolean> sides = new ArrayList<>();
    int first = index;
    for (int last = size - 1; last > 0; last >>= 1) {
      if ((first & 1) == 1) {
        sides.add(true);
      } else if (first < last) {
        sides.add(false);
      }
      first >>= 1;
    }
    return sides;
  }

  /// Malformed unless the header's roots commit to the entry and to its receipt.
  public void checkUnder(Header header) throws Malformed {
    Hash entries = Merkle.leaf(entry);
    Hash receipts = Merkle.leaf(receipt.encode());
    for (int i = 0; i < turns.size(); i++) {
      Turn turn = turns.get(i);
      entries =
          turn.left() ? Merkle.node(turn.sibling(), entries) : Merkle.node(entries, turn.sibling());
      Hash other = receiptSiblings.get(i);
      receipts = turn.left() ? Merkle.node(other, receipts) : Merkle.node(receipts, other);
    }
    if (!entries.equals(header.txRoot())) {
      throw new Malformed("the entry is not in block " + header.height());
    }
    if (!receipts.equals(header.receiptsRoot())) {
      throw new Malformed("block %s has another receipt for the entry".formatted(header.height()));
    }
  }

  public void write(Writer writer) {
    writer.bytes(entry, ENTRY_BYTES_MAX);
    receipt.write(writer);
    writer.list(turns, TURNS_MAX, Turn::write).list(receiptSiblings, TURNS_MAX, Hash::write);
  }

  public static Inclusion read(Reader reader) throws Malformed {
    Bytes entry = reader.bytes(ENTRY_BYTES_MAX);
    Receipt receipt = Receipt.read(reader);
    List<Turn> turns = reader.list(TURNS_MAX, Turn::read);
    List<Hash> siblings = reader.list(TURNS_MAX, Hash::read);
    if (turns.size() != siblings.size()) {
      throw new Malformed("%d turns, %d siblings".formatted(turns.size(), siblings.size()));
    }
    return new Inclusion(entry, receipt, turns, siblings);
  }
}
