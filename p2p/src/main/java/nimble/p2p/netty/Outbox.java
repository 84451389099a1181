package nimble.p2p.netty;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import nimble.codec.Bytes;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Part;
import org.jspecify.annotations.Nullable;

/// What waits to be sent to one peer on one lane (rule P7). Anyone may offer; the loop drains it as
/// fast as the channel takes it, and lets others have the loop after each turn.
final class Outbox {
  private static final int MESSAGE_OVERHEAD = 64;
  private static final int TURN_BYTES = Part.DATA_MAX;

  private final Lane lane;
  private final EventLoop loop;
  private final Queue<Message> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicLong answerBytes = new AtomicLong();
  private final AtomicBoolean draining = new AtomicBoolean();
  private final Budget answers;
  private final Runnable needsConnection;
  private volatile boolean closed;
  private @Nullable Connection connection;
  private @Nullable Message current;
  private int offset;
  private long progress;

  /// `needsConnection` runs on the loop when something waits and there is no connection.
  Outbox(Lane lane, EventLoop loop, Budget answers, Runnable needsConnection) {
    this.lane = lane;
    this.loop = loop;
    this.answers = answers;
    this.needsConnection = needsConnection;
  }

  /// From any thread. False: full.
  ///
  /// @param reserved whether the peer's answers go before those of strangers
  boolean offer(Message message, boolean reserved) {
    long size = sizeOf(message);
    boolean answer = message.kind().isAnswer();
    if (answer && !answers.take(answerBytes.get(), size, reserved)) {
      return false;
    }
    long before;
    do {
      before = queuedBytes.get();
      if (before > 0
          && before + size > Math.min(lane.queuedBytesMax(), message.kind().queuedBytesMax())) {
        if (answer) {
          answers.giveBack(size);
        }
        return false;
      }
    } while (!queuedBytes.compareAndSet(before, before + size));
    answerBytes.addAndGet(answer ? size : 0);
    queue.add(message);
    if (closed) {
      dropQueued();
      return false;
    }
    if (draining.compareAndSet(false, true)) {
      loop.execute(this::drain);
    }
    return true;
  }

  /// From any thread: how large an answer would be taken now. None is made in vain by who looks.
  long answerRoom(boolean reserved) {
    long queued = queuedBytes.get();
    long most = Math.min(lane.queuedBytesMax(), Kind.ANSWERS_QUEUED_BYTES_MAX);
    long own = queued == 0 ? Integer.MAX_VALUE : most - queued;
    long room = Math.min(own, answers.room(answerBytes.get(), reserved));
    return Math.max(0, room - MESSAGE_OVERHEAD);
  }

  /// The peer is gone: nothing waits any more.
  void close() {
    closed = true;
    if (current != null) {
      done(current);
    }
    dropQueued();
  }

  private void dropQueued() {
    for (Message message = queue.poll(); message != null; message = queue.poll()) {
      release(message);
    }
  }

  /// From any thread: whether something waits that the peer has asked for.
  boolean owesAnswers() {
    return answerBytes.get() > 0;
  }

  void attach(Connection opened) {
    connection = opened;
    drain();
  }

  /// From any thread.
  long queuedBytes() {
    return queuedBytes.get();
  }

  boolean isEmpty() {
    return current == null && queue.isEmpty();
  }

  /// Counts frames handed to the channel: stands still when the peer does not read.
  long progress() {
    return progress;
  }

  void drain() {
    draining.set(false);
    Connection open = connection;
    if (open == null) {
      if (!queue.isEmpty()) {
        needsConnection.run();
      }
      return;
    }
    long left = TURN_BYTES;
    while (left > 0 && open.isWritable() && next()) {
      left -= writeFrame(open);
    }
    open.flush();
    // Not execute(): the loop would run it before it looks at its other sockets.
    if (left <= 0 && !isEmpty() && draining.compareAndSet(false, true)) {
      loop.schedule(this::drain, 0, TimeUnit.NANOSECONDS);
    }
  }

  /// Writes all that waits, whether the channel likes it or not. For an ordered end.
  void drainFully() {
    Connection open = connection;
    while (open != null && next()) {
      writeFrame(open);
    }
  }

  private boolean next() {
    if (current == null) {
      current = queue.poll();
      offset = 0;
    }
    return current != null;
  }

  private int writeFrame(Connection open) {
    Message message = current;
    if (message == null) {
      return 0;
    }
    progress++;
    int total = message.payload().size();
    if (total <= Part.DATA_MAX) {
      open.write(message);
      done(message);
      return total + MESSAGE_OVERHEAD;
    }
    int size = Math.min(Part.DATA_MAX, total - offset);
    Bytes head = Part.head(message.kind(), total, offset);
    open.writePart(head, message.payload().asBuffer().slice(offset, size));
    offset += size;
    if (offset == total) {
      done(message);
    }
    return size;
  }

  private void done(Message message) {
    current = null;
    release(message);
  }

  private void release(Message message) {
    long size = sizeOf(message);
    queuedBytes.addAndGet(-size);
    if (message.kind().isAnswer()) {
      answerBytes.addAndGet(-size);
      answers.giveBack(size);
    }
  }

  private static long sizeOf(Message message) {
    return (long) message.payload().size() + MESSAGE_OVERHEAD;
  }
}
