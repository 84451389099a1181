package nimble.p2p.netty;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import nimble.p2p.Handshake;
import nimble.p2p.Lane;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// A node that greeted: its control connection, its bulk connection once there is one, and what
/// waits for each. Only the outboxes are touched from other threads.
final class Peer {
  private final Connection control;
  private final long instance;
  private final Outbox controlOutbox;
  private final Outbox bulkOutbox;
  private @Nullable Connection bulk;
  private boolean bulkOpening;

  Peer(Connection control, Handshake handshake, EventLoop loop, Consumer<Peer> openBulk) {
    this.control = control;
    this.instance = handshake.instance();
    this.controlOutbox = new Outbox(Lane.CONTROL, loop, () -> {});
    this.bulkOutbox = new Outbox(Lane.BULK, loop, () -> openBulk.accept(this));
  }

  PublicKey id() {
    return control.peer();
  }

  Connection control() {
    return control;
  }

  @Nullable Connection bulk() {
    return bulk;
  }

  long instance() {
    return instance;
  }

  boolean isOutbound() {
    return control.isOutbound();
  }

  Outbox outbox(Lane lane) {
    return switch (lane) {
      case CONTROL -> controlOutbox;
      case BULK -> bulkOutbox;
    };
  }

  /// True once: whoever hears it opens the bulk lane.
  boolean startOpeningBulk() {
    boolean first = !bulkOpening;
    bulkOpening = true;
    return first;
  }

  void bulkOpened(Connection connection) {
    bulkOpening = true;
    bulk = connection;
    connection.open(bulkOutbox);
  }

  boolean has(Connection connection) {
    return control == connection || bulk == connection;
  }
}
