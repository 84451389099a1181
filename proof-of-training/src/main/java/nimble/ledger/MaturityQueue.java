package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Moment;

/// A first-in, first-out queue in state. All entries of one queue wait for the same span, and block
/// time and height only rise, so the order of arrival is the order of maturity: the head decides,
/// and a block looks at no entry that stays (L5).
enum MaturityQueue {
  UNBONDING(1),
  VESTING(2),
  /// Stake that was taken away and votes still: its order is that of the epochs in which it stops.
  LEAVING(3);

  /// Entries that one block takes from one queue; later ones follow in the next block.
  static final int TAKEN_MAX = 512;

  private final int tag;

  MaturityQueue(int tag) {
    this.tag = tag;
  }

  private record Ends(long head, long tail) {
    void write(Writer writer) {
      writer.i64(head).i64(tail);
    }

    static Ends read(Reader reader) throws Malformed {
      return new Ends(reader.i64(), reader.i64());
    }
  }

  void push(Overlay state, Maturity entry) {
    Ends ends = ends(state);
    state.write(item(ends.tail()), entry::write);
    put(state, new Ends(ends.head(), Math.addExact(ends.tail(), 1)));
  }

  /// Removes and returns what is due, at most [#TAKEN_MAX] entries.
  List<Maturity> takeDue(Overlay state, Moment now) {
    return take(state, entry -> entry.due().reachedAt(now));
  }

  /// Removes and returns the entries at the head that are over, at most [#TAKEN_MAX].
  List<Maturity> take(Overlay state, Predicate<Maturity> isOver) {
    Ends ends = ends(state);
    List<Maturity> due = new ArrayList<>();
    long head = ends.head();
    while (head < ends.tail() && due.size() < TAKEN_MAX) {
      Maturity first = at(state, head).orElseThrow();
      if (!isOver.test(first)) {
        break;
      }
      due.add(first);
      state.remove(item(head));
      head++;
    }
    if (head != ends.head()) {
      put(state, new Ends(head, ends.tail()));
    }
    return due;
  }

  long size(StateView state) {
    Ends ends = ends(state);
    return ends.tail() - ends.head();
  }

  private Optional<Maturity> at(StateView state, long index) {
    return state.read(item(index), Maturity::read);
  }

  private Ends ends(StateView state) {
    return state.read(endsKey(), Ends::read).orElse(new Ends(0, 0));
  }

  private void put(Overlay state, Ends ends) {
    state.write(endsKey(), ends::write);
  }

  private Bytes endsKey() {
    return Bytes.concat(Keys.of(Keys.QUEUE_ENDS), Keys.of(tag));
  }

  private Bytes item(long index) {
    return Bytes.concat(Keys.of(Keys.QUEUE_ITEM), Keys.of(tag), Bytes.ofU64(index));
  }
}
