package nimble.node.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a connection that has no request for too long, however many bytes it brings (A6). Lives
/// on the connection's loop.
final class Patience extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<Patience> KEY = AttributeKey.valueOf(Patience.class, "of");

  private final Duration first;
  private final Duration next;
  private @Nullable ScheduledFuture<?> deadline;
  private int running;

  /// @param first within which the first request must have come
  /// @param next without a request for so long the connection ends
  Patience(Duration first, Duration next) {
    this.first = first;
    this.next = next;
  }

  /// The head of a request is whole.
  static void began(Channel channel) {
    of(channel)
        .ifPresent(it ->
            channel
                .eventLoop()
                .execute(() -> {
                  it.running++;
                  it.relax();
                }));
  }

  static void ended(Channel channel) {
    of(channel)
        .ifPresent(it ->
            channel
                .eventLoop()
                .execute(() -> {
                  it.running--;
                  if (it.running == 0) {
                    it.await(channel, it.next);
                  }
                }));
  }

  private static Optional<Patience> of(Channel channel) {
    return Optional.ofNullable(channel.attr(KEY).get());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.channel().attr(KEY).set(this);
    await(context.channel(), first);
  }

  private void await(Channel channel, Duration patience) {
    relax();
    deadline =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  channel.close();
                },
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void relax() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    relax();
    super.channelInactive(context);
  }
}
