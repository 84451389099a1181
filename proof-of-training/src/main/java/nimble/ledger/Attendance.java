package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import nimble.chain.ValidatorSet;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// Whose votes on the newest views are counted (L18): nobody is counted twice, and late votes are
/// counted when a later block brings them.
///
/// @param views ascending
record Attendance(List<Seen> views) {
  /// Older views are closed.
  static final int VIEWS_MAX = 16;

  /// A block without fresh votes counts as if it had brought the least that finalizes.
  static final int LEAST_PERMILLE = 667;

  private static final Attendance NONE = new Attendance(List.of());

  /// @param voters positions in the set of the epoch, ascending
  record Seen(long view, List<Integer> voters) {
    Seen {
      voters = List.copyOf(voters);
    }

    void write(Writer writer) {
      writer.i64(view);
      writer.list(voters, ValidatorSet.VALIDATORS_MAX, (index, to) -> to.u8(index));
    }

    static Seen read(Reader reader) throws Malformed {
      return new Seen(reader.i64(), reader.list(ValidatorSet.VALIDATORS_MAX, Reader::u8));
    }
  }

  Attendance {
    views = List.copyOf(views);
  }

  /// Counts the block and its votes for its leader, and the votes for the voters.
  static void count(Overlay state, BlockContext context) {
    long best = LEAST_PERMILLE;
    long newViews = 0;
    for (ViewVotes votes : context.votes()) {
      Attendance before = of(state);
      Attendance after = before.with(state, context, votes);
      if (!after.equals(before)) {
        best = Math.max(best, votes.weightPermille());
        newViews += before.find(votes.view()).isEmpty() ? 1 : 0;
        state.write(Keys.of(Keys.ATTENDANCE), after::write);
      }
    }
    long weight = best;
    long views = newViews;
    MoneyEpoch.change(state, epoch -> epoch.addBlock(weight, views));
    Duties.change(state, context.epoch(), context.proposer(), kept -> kept.addBlock(weight));
  }

  /// At an epoch's end: views begin anew.
  static void clear(Overlay state) {
    state.remove(Keys.of(Keys.ATTENDANCE));
  }

  static Attendance of(StateView state) {
    return state.read(Keys.of(Keys.ATTENDANCE), Attendance::read).orElse(NONE);
  }

  /// With those voters counted that were not before; the same when there is none, or the view is
  /// closed.
  private Attendance with(Overlay state, BlockContext context, ViewVotes votes) {
    boolean closed = views.size() == VIEWS_MAX && votes.view() < views.getFirst().view();
    if (closed) {
      return this;
    }
    List<Integer> voters = new ArrayList<>(find(votes.view()));
    int known = voters.size();
    List<ValidatorSet.Validator> seats = Elections.set(state, context.epoch()).validators();
    for (int i = 0; i < seats.size(); i++) {
      Address address = seats.get(i).account();
      if (votes.signers().contains(address) && !voters.contains(i)) {
        voters.add(i);
        Duties.change(state, context.epoch(), address, Duties::addVote);
      }
    }
    return voters.size() == known ? this : put(new Seen(votes.view(), voters));
  }

  private List<Integer> find(long view) {
    return views.stream()
        .filter(seen -> seen.view() == view)
        .findFirst()
        .map(Seen::voters)
        .orElse(List.of());
  }

  private Attendance put(Seen seen) {
    List<Seen> after = new ArrayList<>(views);
    after.removeIf(other -> other.view() == seen.view());
    int at = 0;
    while (at < after.size() && after.get(at).view() < seen.view()) {
      at++;
    }
    after.add(at, seen);
    return new Attendance(after.subList(Math.max(0, after.size() - VIEWS_MAX), after.size()));
  }

  void write(Writer writer) {
    writer.list(views, VIEWS_MAX, Seen::write);
  }

  static Attendance read(Reader reader) throws Malformed {
    return new Attendance(reader.list(VIEWS_MAX, Seen::read));
  }
}
