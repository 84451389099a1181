package nimble.p2p.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import nimble.p2p.Lane;
import nimble.p2p.LaneState;
import nimble.p2p.Message;
import nimble.p2p.NetworkEvent.Received;
import nimble.p2p.Sent;

/// One lane of a link, one way: what goes in comes out in order, or not at all once the link broke.
final class Pipe {
  private static final int LISTENER_RETRY_MILLIS = 5;

  private sealed interface Item {}

  private record Carried(Message message) implements Item {}

  private record Farewell(String reason) implements Item {}

  private final SimNetwork network;
  private final Link link;
  private final SimPort from;
  private final SimPort to;
  private final Lane lane;
  private final Deque<Item> arrived = new ArrayDeque<>();
  private boolean retrying;
  private long queuedBytes;
  private long sendingUntilMillis;
  private long arrivesMillis;

  Pipe(SimNetwork network, Link link, SimPort from, SimPort to, Lane lane) {
    this.network = network;
    this.link = link;
    this.from = from;
    this.to = to;
    this.lane = lane;
  }

  /// Nothing arrives earlier: what was before it on this pipe has not.
  void notBefore(long millis) {
    arrivesMillis = Math.max(arrivesMillis, millis);
  }

  Sent send(Message message) {
    long size = message.payload().size();
    if (queuedBytes > 0 && queuedBytes + size > lane.queuedBytesMax()) {
      return Sent.QUEUE_FULL;
    }
    queuedBytes += size;
    carry(new Carried(message), size);
    network.maybeBreak(link);
    return Sent.QUEUED;
  }

  LaneState state() {
    long room = queuedBytes == 0 ? Integer.MAX_VALUE : lane.queuedBytesMax() - queuedBytes;
    return new LaneState(true, queuedBytes, Math.max(0, room));
  }

  /// The last word of an orderly end.
  void farewell(String reason) {
    carry(new Farewell(reason), 0);
  }

  private void carry(Item item, long size) {
    long now = network.nowMillis();
    sendingUntilMillis = Math.max(now, sendingUntilMillis) + network.millisFor(size);
    arrivesMillis = Math.max(arrivesMillis, sendingUntilMillis + network.latencyMillis());
    network.after(
        arrivesMillis - now,
        () -> {
          arrived.add(item);
          if (!retrying) {
            deliver();
          }
        });
  }

  private void deliver() {
    retrying = false;
    while (!arrived.isEmpty() && to.has(link) && !link.isBroken()) {
      switch (arrived.getFirst()) {
        case Carried(Message message) -> {
          if (!to.offer(new Received(from.self(), lane, message))) {
            retrying = true;
            network.after(LISTENER_RETRY_MILLIS, this::deliver);
            return;
          }
          queuedBytes -= message.payload().size();
        }
        case Farewell(String reason) -> {
          link.setBroken();
          to.down(link, "it said: " + reason);
        }
      }
      arrived.removeFirst();
    }
  }
}
