package nimble.node.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.node.chain.Replica;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.p2p.Chunk;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.p2p.NetworkEvent;
import nimble.sim.Sim;

/// Gives an owner turns that take simulated time: what reading and screening cost on one core, by
/// the table in node's README, rounded up.
final class BusyInbox<I> implements Inbox<I> {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MESSAGE_NANOS = 20_000;
  private static final long BYTE_NANOS = 3;
  private static final long TRANSACTION_NANOS = 8_000;

  private final Sim sim;
  private final int inboxMax;
  private final Deque<I> inputs = new ArrayDeque<>();
  private Optional<Owner<I>> owner = Optional.empty();
  private boolean awake;
  private long owedNanos;

  BusyInbox(Sim sim, int inboxMax) {
    this.sim = sim;
    this.inboxMax = inboxMax;
  }

  @Override
  public boolean offer(I input, long bytes) {
    if (inputs.size() >= inboxMax) {
      return false;
    }
    must(input);
    return true;
  }

  @Override
  public void must(I input) {
    inputs.add(input);
    wake();
  }

  @Override
  public void start(Owner<I> started) {
    owner = Optional.of(started);
    wake();
  }

  private void wake() {
    if (!awake && owner.isPresent() && !inputs.isEmpty()) {
      awake = true;
      sim.after(1, this::begin);
    }
  }

  /// What a turn does is seen at its end.
  private void begin() {
    List<I> taken = new ArrayList<>();
    while (!inputs.isEmpty() && taken.size() < Owner.TURN_MAX) {
      I input = inputs.remove();
      owedNanos += nanos(input);
      taken.add(input);
    }
    long millis = owedNanos / NANOS_PER_MILLI;
    owedNanos %= NANOS_PER_MILLI;
    sim.after(
        millis,
        () -> {
          owner.ifPresent(it -> it.turn(TestSite.START_MILLIS + sim.nowMillis(), taken));
          awake = false;
          wake();
        });
  }

  private static long nanos(Object input) {
    return switch (input) {
      case Replica.Input.Network(NetworkEvent.Received received) -> {
        Message message = received.message();
        yield MESSAGE_NANOS
            + message.payload().size() * BYTE_NANOS
            + bodies(message) * TRANSACTION_NANOS;
      }
      case Replica.Input.Submitted submitted -> submitted.transactions().size() * TRANSACTION_NANOS;
      default -> MESSAGE_NANOS;
    };
  }

  private static long bodies(Message message) {
    try {
      return message.kind() == Kind.TX_BODIES ? Chunk.decode(message).items().size() : 0;
    } catch (Malformed e) {
      return 0;
    }
  }

  @Override
  public void stop() {
    owner = Optional.empty();
  }
}
