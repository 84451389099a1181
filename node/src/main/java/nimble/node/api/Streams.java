package nimble.node.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Answers that go on: each on a virtual thread of its own, at its client's pace (A3).
final class Streams {
  static final int STREAMS_MAX = 256;
  static final long POLL_MILLIS = 1_000;

  private final Semaphore free = new Semaphore(STREAMS_MAX);

  /// What a stream does, on its own thread.
  interface Body<T> {
    void run(Sink<T> sink) throws InterruptedException;
  }

  /// Where a stream's answers go.
  static final class Sink<T> {
    private final ServerCallStreamObserver<T> to;
    private final Semaphore ready = new Semaphore(0);

    private Sink(ServerCallStreamObserver<T> to) {
      this.to = to;
      to.setOnReadyHandler(ready::release);
      to.setOnCancelHandler(ready::release);
    }

    boolean isOpen() {
      return !to.isCancelled();
    }

    /// Waits until the client has taken what was sent; false when it is gone.
    boolean send(T item) throws InterruptedException {
      while (!to.isReady() && isOpen()) {
        boolean signalled = ready.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (signalled) {
          ready.drainPermits();
        }
      }
      if (isOpen()) {
        to.onNext(item);
      }
      return isOpen();
    }
  }

  /// Starts a stream. It has no time limit: it ends when its client goes, or when its body is done.
  <T> void start(String name, StreamObserver<T> observer, Body<T> body) {
    ServiceRequestContext.current().clearRequestTimeout();
    if (!(observer instanceof ServerCallStreamObserver<T> to)) {
      throw new IllegalStateException("not a server's observer");
    }
    if (!free.tryAcquire()) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("%d streams are open already".formatted(STREAMS_MAX))
          .asRuntimeException();
    }
    Sink<T> sink = new Sink<>(to);
    Thread.ofVirtual().name("api-" + name).start(() -> run(sink, body));
  }

  private <T> void run(Sink<T> sink, Body<T> body) {
    try {
      body.run(sink);
      if (sink.isOpen()) {
        sink.to.onCompleted();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      sink.to.onError(Status.CANCELLED.asRuntimeException());
    } catch (RuntimeException e) {
      if (sink.isOpen()) {
        sink.to.onError(e);
      }
    } finally {
      free.release();
    }
  }
}
