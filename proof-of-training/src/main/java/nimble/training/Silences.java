package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.types.Address;

/// Audits in which an auditor did not do its part (J17). They pass by themselves.
public final class Silences {
  /// In one epoch: the auditor is not drawn until the end of the next.
  public static final int SUSPENDING = 3;

  private record Tally(long epoch, int silences, long suspendedUntil) {
    static final Tally NONE = new Tally(0, 0, 0);

    Tally add(long now) {
      int more = epoch == now ? silences + 1 : 1;
      return new Tally(now, more, more >= SUSPENDING ? now + 2 : suspendedUntil);
    }

    void write(Writer writer) {
      writer.i64(epoch).u32(silences).i64(suspendedUntil);
    }

    static Tally read(Reader reader) throws Malformed {
      return new Tally(reader.i64(), reader.length(Integer.MAX_VALUE), reader.i64());
    }
  }

  private Silences() {}

  /// Whether `auditor` is left out of draws in `epoch`.
  public static boolean isSuspended(StateView state, Address auditor, long epoch) {
    return tally(state, auditor).filter(tally -> epoch < tally.suspendedUntil()).isPresent();
  }

  static void add(Overlay state, Address auditor, long epoch) {
    Tally next = tally(state, auditor).orElse(Tally.NONE).add(epoch);
    state.write(Jobs.key(Jobs.SILENCES, auditor), next::write);
  }

  private static Optional<Tally> tally(StateView state, Address auditor) {
    return state.read(Jobs.key(Jobs.SILENCES, auditor), Tally::read);
  }
}
