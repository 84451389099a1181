package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Rule P16: nobody is read faster than the other side and the meter take it.
final class SpliceTest {
  private static final int READ = 64 << 10;

  /// A peer that does not read: what is written stays in the channel.
  private static final class Stuck extends ChannelOutboundHandlerAdapter {
    private boolean stuck = true;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (stuck) {
        context.channel().unsafe().outboundBuffer().addMessage(message, READ, promise);
      } else {
        context.write(message, promise);
      }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
      if (!stuck) {
        context.flush();
      }
    }
  }

  private static ByteBuf bytes() {
    return Unpooled.wrappedBuffer(new byte[READ]);
  }

  @Test
  void p16ASlowReaderStopsTheWriter() {
    Stuck stuck = new Stuck();
    EmbeddedChannel near = new EmbeddedChannel();
    EmbeddedChannel far = new EmbeddedChannel(stuck);
    Splice.join(near, far, bytes -> 0);
    int taken = 0;
    while (near.config().isAutoRead()) {
      near.writeInbound(bytes());
      taken++;
      assertTrue(taken <= 3, "more is buffered than the mark");
    }
    assertTrue(far.config().isAutoRead(), "the other direction does not wait");
    stuck.stuck = false;
    far.flush();
    assertTrue(near.config().isAutoRead());
    for (int i = 0; i < taken; i++) {
      ByteBuf passed = far.readOutbound();
      assertEquals(READ, passed.readableBytes());
      passed.release();
    }
    assertNull(far.readOutbound());
  }

  @Test
  void p16TheMeterStopsTheWriterForAWhile() {
    EmbeddedChannel near = new EmbeddedChannel();
    EmbeddedChannel far = new EmbeddedChannel();
    near.freezeTime();
    Splice.join(near, far, bytes -> 250);
    near.writeInbound(bytes());
    assertFalse(near.config().isAutoRead());
    near.advanceTimeBy(249, TimeUnit.MILLISECONDS);
    near.runScheduledPendingTasks();
    assertFalse(near.config().isAutoRead());
    near.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    near.runScheduledPendingTasks();
    assertTrue(near.config().isAutoRead());
    near.finishAndReleaseAll();
    far.finishAndReleaseAll();
  }

  @Test
  void p17WhatWasOnItsWayArrivesBeforeTheEnd() {
    EmbeddedChannel near = new EmbeddedChannel();
    EmbeddedChannel far = new EmbeddedChannel();
    Splice.join(near, far, bytes -> 0);
    near.pipeline().fireChannelRead(bytes());
    near.close();
    far.runPendingTasks();
    ByteBuf passed = far.readOutbound();
    assertEquals(READ, passed.readableBytes());
    passed.release();
    assertFalse(far.isOpen());
  }

  @Test
  void p17WhoDoesNotReadDoesNotKeepAnEndedCircuit() {
    EmbeddedChannel near = new EmbeddedChannel();
    EmbeddedChannel far = new EmbeddedChannel(new Stuck());
    far.freezeTime();
    Splice.join(near, far, bytes -> 0);
    near.pipeline().fireChannelRead(bytes());
    near.close();
    assertTrue(far.isOpen(), "what is on its way has time to arrive");
    far.advanceTimeBy(1, TimeUnit.MINUTES);
    far.runScheduledPendingTasks();
    assertFalse(far.isOpen());
  }
}
