package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.p2p.Part;
import org.junit.jupiter.api.Test;

/// Messages in parts, of peers who share four parts' room (rule P4).
final class IncomingTest {
  private final Budget strangers = new Budget(4 * Part.DATA_MAX);
  private final List<Message> heard = new ArrayList<>();
  private boolean isTrusted;
  private boolean hasRoom = true;

  private Incoming stranger() {
    return new Incoming(strangers, () -> isTrusted, this::take);
  }

  private boolean take(Message message) {
    return hasRoom && heard.add(message);
  }

  /// Of a tensor of so many parts.
  private static Part part(int number, int of) {
    Bytes data = Bytes.wrap(new byte[Part.DATA_MAX]);
    return new Part(Kind.TENSOR, of * Part.DATA_MAX, number * Part.DATA_MAX, data);
  }

  @Test
  void p4AStrangerWhoHoldsAsMuchAsIsLeftWaits() throws Malformed {
    Incoming first = stranger();
    assertTrue(first.part(part(0, 4), 0));
    assertTrue(first.part(part(1, 4), 0));
    assertFalse(first.part(part(2, 4), 0));
    Incoming second = stranger();
    assertTrue(second.part(part(0, 1), 0));
    assertEquals(1, heard.size());
    isTrusted = true; // It has work here now.
    assertTrue(first.again());
    assertTrue(first.part(part(3, 4), 0));
    assertEquals(4 * Part.DATA_MAX, heard.getLast().payload().size());
  }

  @Test
  void p4WhatIsHandedOnOrDroppedIsFree() throws Malformed {
    for (int i = 0; i < 10; i++) {
      Incoming next = stranger();
      assertTrue(next.part(part(0, 2), 0));
      assertTrue(next.part(part(1, 2), 0));
    }
    for (int i = 0; i < 10; i++) {
      Incoming next = stranger();
      assertTrue(next.part(part(0, 2), 0));
      next.drop();
    }
    hasRoom = false;
    Incoming last = stranger();
    assertTrue(last.part(part(0, 2), 0));
    assertFalse(last.part(part(1, 2), 0));
    assertFalse(last.again());
    hasRoom = true;
    assertTrue(last.again());
    assertEquals(11, heard.size());
  }

  @Test
  void p4OnlyAStrangersUnfinishedMessageIsOverdue() throws Malformed {
    Incoming late = stranger();
    assertFalse(late.isOverdue(1_000, 10));
    assertTrue(late.part(part(0, 2), 100));
    assertFalse(late.isOverdue(110, 10));
    assertTrue(late.isOverdue(111, 10));
    hasRoom = false;
    assertFalse(late.part(part(1, 2), 111));
    assertFalse(late.isOverdue(200, 10)); // It is the listener that has no room.
    isTrusted = true;
    Incoming partner = stranger();
    assertTrue(partner.part(part(0, 2), 100));
    assertFalse(partner.isOverdue(200, 10));
  }
}
