package nimble.node.api;

import io.grpc.stub.StreamObserver;

/// One answer to one request.
final class Answer {
  private Answer() {}

  static <T> void with(StreamObserver<T> to, T answer) {
    to.onNext(answer);
    to.onCompleted();
  }
}
