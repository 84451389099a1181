package nimble.node.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class LoopTest {
  /// Its last task answers only after it was told to stop.
  private static final class Busy implements Owner<String> {
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final Loop<String> self;
    private boolean idle;

    Busy(Loop<String> self) {
      this.self = self;
    }

    @Override
    public void turn(long nowMillis, List<String> inputs) {
      heard.addAll(inputs);
      idle = inputs.contains("answer");
    }

    @Override
    public void stopping() {
      heard.add("stopping");
      Thread.ofVirtual().start(() -> self.must("answer"));
    }

    @Override
    public boolean isIdle() {
      return idle;
    }

    @Override
    public void stopped() {
      heard.add("stopped");
    }
  }

  @Test
  void o4StoppingWaitsForWhatRuns() {
    Loop<String> loop = new Loop<>("busy", 10, (name, cause) -> {});
    Busy owner = new Busy(loop);
    loop.must("before");
    loop.start(owner);
    loop.stop();
    assertEquals(List.of("before", "stopping", "answer", "stopped"), List.copyOf(owner.heard));
  }

  @Test
  void o5ABrokenOwnerIsReportedAndEnds() {
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    Loop<String> loop = new Loop<>("owner", 10, (name, cause) -> failures.add(name + ": " + cause));
    loop.start((nowMillis, inputs) -> {
      throw new IllegalStateException("broken");
    });
    loop.must("anything");
    loop.stop();
    assertEquals(List.of("owner: java.lang.IllegalStateException: broken"), List.copyOf(failures));
  }

  /// A full disk breaks whoever writes once more at the end, too.
  @Test
  @Timeout(10)
  void o5AnOwnerThatBreaksWhenItHasStoppedIsReportedAndEnds() {
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    Loop<String> loop = new Loop<>("owner", 10, (name, cause) -> failures.add(name + ": " + cause));
    loop.start(
        new Owner<>() {
          @Override
          public void turn(long nowMillis, List<String> inputs) {}

          @Override
          public void stopped() {
            throw new IllegalStateException("full");
          }
        });
    loop.stop();
    assertEquals(List.of("owner: java.lang.IllegalStateException: full"), List.copyOf(failures));
  }

  @Test
  void o1WhatWaitsIsBoundedByItsBytes() {
    Loop<String> loop = new Loop<>("full", 10, (name, cause) -> {});
    assertTrue(loop.offer("a large one", Loop.BYTES_MAX - 1));
    assertFalse(loop.offer("another", 2));
    assertTrue(loop.offer("a small one", 1));
    assertTrue(loop.offer("of our own"));
    loop.start((nowMillis, inputs) -> {});
    loop.stop();
    assertTrue(loop.offer("one larger than all", Loop.BYTES_MAX + 1));
    assertFalse(loop.offer("another", 1));
  }
}
