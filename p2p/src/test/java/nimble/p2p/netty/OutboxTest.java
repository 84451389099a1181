package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import java.util.List;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// P7: what waits for peers that do not read.
final class OutboxTest {
  private static final int MIB = 1 << 20;
  private static final long BUDGET = 10 * MIB;
  private static final Message BLOB = new Message(Kind.BLOBS, Bytes.wrap(new byte[MIB - 64]));
  private static final Message VOTE = new Message(Kind.VOTE, Bytes.utf8("vote"));

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final Budget budget = new Budget(BUDGET);

  @AfterEach
  void stop() {
    loop.shutdownGracefully();
  }

  private Outbox peer() {
    return new Outbox(Lane.BULK, loop, budget, () -> {});
  }

  private static int fill(Outbox outbox) {
    int taken = 0;
    while (outbox.offer(BLOB, false)) {
      taken++;
    }
    return taken;
  }

  @Test
  void p7WhoAsksForMuchLeavesRoomForOthersAndAllStayWithinTheBudget() {
    List<Outbox> greedy = Stream.generate(this::peer).limit(20).toList();
    assertEquals(5, fill(greedy.getFirst()));
    greedy.forEach(OutboxTest::fill);
    long waiting = greedy.stream().mapToLong(Outbox::queuedBytes).sum();
    assertEquals(BUDGET, waiting);
    assertTrue(greedy.get(1).queuedBytes() > 0 && greedy.get(2).queuedBytes() > 0);
    assertTrue(greedy.getLast().offer(VOTE, false), "nobody asked for a vote");
    assertTrue(greedy.getLast().offer(BLOB, true), "a reserved peer waits for nobody");
  }

  @Test
  void p7TheRoomThatIsToldIsWhatAnAnswerMayHave() {
    Outbox asks = peer();
    Outbox other = peer();
    assertTrue(other.offer(BLOB, false));
    assertTrue(asks.offer(blobs(2 * MIB), false));
    for (int i = 0; i < 6; i++) {
      Outbox next = i % 3 == 0 ? other : asks;
      long room = next.answerRoom(false);
      assertFalse(next.offer(blobs(room + 1), false));
      assertTrue(next.offer(blobs(room / 3), false));
    }
    assertTrue(asks.offer(blobs(asks.answerRoom(false)), false));
    assertEquals(0, asks.answerRoom(false));
    assertTrue(asks.answerRoom(true) > 0, "a reserved peer waits for nobody");
  }

  private static Message blobs(long bytes) {
    return new Message(Kind.BLOBS, Bytes.wrap(new byte[(int) bytes]));
  }

  @Test
  void p7WhatWaitedForAPeerThatLeftIsForgotten() {
    Outbox gone = peer();
    fill(gone);
    gone.close();
    assertFalse(gone.offer(BLOB, false));
    assertEquals(0, gone.queuedBytes());
    assertEquals(5, fill(peer()));
  }
}
