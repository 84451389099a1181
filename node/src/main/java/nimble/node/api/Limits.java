package nimble.node.api;

import com.google.errorprone.annotations.FormatMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import nimble.p2p.TokenBucket;

/// What clients may take of a node (A6).
///
/// @param perSecondMax requests of one address
/// @param runningMax requests that are being answered at one time
/// @param firstRequest within which a new connection must bring a request
/// @param nextRequest without a request for so long a connection ends
record Limits(int perSecondMax, int runningMax, Duration firstRequest, Duration nextRequest) {
  static final Limits DEFAULT =
      new Limits(10_000, 2_048, Duration.ofSeconds(10), Duration.ofMinutes(2));

  private static final int ADDRESSES_MAX = 1_024;
  private static final long NANOS_PER_MILLI = 1_000_000;

  void apply(ServerBuilder server) {
    server
        .childChannelPipelineCustomizer(
            pipeline -> pipeline.addFirst(new Patience(firstRequest, nextRequest)))
        .decorator(new Gate(this)::serve);
  }

  /// Counts requests; those that are too many are told so.
  private static final class Gate {
    private final Limits limits;
    private final AtomicInteger running = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<InetAddress, TokenBucket> rates = new LinkedHashMap<>();

    Gate(Limits limits) {
      this.limits = limits;
    }

    HttpResponse serve(HttpService next, ServiceRequestContext context, HttpRequest request)
        throws Exception {
      Channel channel = context.log().partial().channel();
      if (channel != null) {
        Patience.began(channel);
      }
      boolean crowded = running.incrementAndGet() > limits.runningMax();
      context
          .log()
          .whenComplete()
          .thenRun(() -> {
            running.decrementAndGet();
            if (channel != null) {
              Patience.ended(channel);
            }
          });
      if (crowded) {
        return refusal(
            HttpStatus.SERVICE_UNAVAILABLE,
            "this node answers %d requests at a time: try again",
            limits.runningMax());
      }
      if (isTooOften(context.remoteAddress().getAddress())) {
        return refusal(
            HttpStatus.TOO_MANY_REQUESTS,
            "this node takes %d requests a second from one address: slow down",
            limits.perSecondMax());
      }
      return next.serve(context, request);
    }

    @FormatMethod
    private static HttpResponse refusal(HttpStatus status, String words, Object... values) {
      return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, words.formatted(values));
    }

    private boolean isTooOften(InetAddress address) {
      long nowMillis = System.nanoTime() / NANOS_PER_MILLI;
      lock.lock();
      try {
        TokenBucket rate = rates.remove(address);
        if (rate == null) {
          rate = new TokenBucket(limits.perSecondMax(), nowMillis);
        }
        rates.putLast(address, rate);
        if (rates.size() > ADDRESSES_MAX) {
          rates.pollFirstEntry();
        }
        return rate.take(nowMillis) > 0;
      } finally {
        lock.unlock();
      }
    }
  }
}
