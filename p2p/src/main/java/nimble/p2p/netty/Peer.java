package nimble.p2p.netty;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import nimble.p2p.Admission;
import nimble.p2p.Eviction;
import nimble.p2p.Handshake;
import nimble.p2p.Lane;
import nimble.p2p.LaneState;
import nimble.p2p.NetworkGroup;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// A node that greeted: its control connection, its bulk connection once there is one, and what
/// waits for each. From other threads only the outboxes are touched, and [#state] is read.
final class Peer {
  private final Connection control;
  private final long instance;
  private final long sinceMillis;
  private final Outbox controlOutbox;
  private final Outbox bulkOutbox;
  private volatile @Nullable Connection bulk;
  private boolean bulkOpening;

  Peer(
      Connection control,
      Handshake handshake,
      EventLoop loop,
      long nowMillis,
      Budget answers,
      Consumer<Peer> openBulk) {
    this.control = control;
    this.instance = handshake.instance();
    this.sinceMillis = nowMillis;
    this.controlOutbox = new Outbox(Lane.CONTROL, loop, answers, () -> {});
    this.bulkOutbox = new Outbox(Lane.BULK, loop, answers, () -> openBulk.accept(this));
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

  /// As one who may have to make room (rule P12).
  Eviction.Inbound inbound() {
    String host = control.remoteHost();
    return new Eviction.Inbound(
        id(), NetworkGroup.of(host).map(NetworkGroup::name).orElse(host), sinceMillis);
  }

  /// From any thread.
  LaneState state(Lane lane, Admission admission) {
    Outbox outbox = outbox(lane);
    return new LaneState(
        lane == Lane.CONTROL || bulk != null,
        outbox.queuedBytes(),
        outbox.answerRoom(admission.reserved().contains(id())));
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
