package nimble.p2p.netty;

import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import nimble.codec.Malformed;
import nimble.p2p.Assembly;
import nimble.p2p.Message;
import nimble.p2p.Part;
import org.jspecify.annotations.Nullable;

/// What a connection has read and not handed on: a message that comes in parts (rule P4), and one
/// for which the listener has no room (rule P8).
final class Incoming {
  /// What strangers' messages may hold in all.
  static final long STRANGERS_BYTES_MAX = 128 << 20;

  private final Budget strangers;
  private final BooleanSupplier trusted;
  private final Predicate<Message> listener;
  private final Assembly assembly = new Assembly();
  private @Nullable Part part;
  private @Nullable Message whole;
  private long taken;
  private long begunMillis;

  /// @param strangers what those hold who are not trusted, over all connections
  Incoming(Budget strangers, BooleanSupplier trusted, Predicate<Message> listener) {
    this.strangers = strangers;
    this.trusted = trusted;
    this.listener = listener;
  }

  /// False when there is no room: [#again] follows.
  boolean message(Message message) {
    whole = message;
    return deliver();
  }

  /// As [#message].
  boolean part(Part next, long nowMillis) throws Malformed {
    if (next.offset() == 0) {
      begunMillis = nowMillis;
    }
    part = next;
    return again();
  }

  /// Hands on what can be, and frees what it held.
  boolean again() throws Malformed {
    Part next = part;
    if (next != null) {
      if (!hasRoom(next.data().size())) {
        return false;
      }
      part = null;
      whole = assembly.add(next).orElse(null);
    }
    return deliver();
  }

  private boolean deliver() {
    if (whole != null) {
      if (!listener.test(whole)) {
        return false;
      }
      whole = null;
      free();
    }
    return true;
  }

  private boolean hasRoom(int size) {
    if (!trusted.getAsBoolean()) {
      if (!strangers.take(taken, size, false)) {
        return false;
      }
      taken += size;
    }
    return true;
  }

  /// Whether a stranger has begun a message and not ended it for so long. What waits for the
  /// listener has come.
  boolean isOverdue(long nowMillis, long millisMax) {
    return taken > 0 && whole == null && nowMillis - begunMillis > millisMax;
  }

  /// Nothing more is handed on.
  void drop() {
    part = null;
    whole = null;
    free();
  }

  private void free() {
    strangers.giveBack(taken);
    taken = 0;
  }
}
