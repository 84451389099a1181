package nimble.node.api;

import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import nimble.node.chain.FinalizedChain;

/// One answer to one request, made of one moment of the chain (N16).
final class Answer {
  private Answer() {}

  static <T> void still(
      StreamObserver<T> to, ApiParts parts, Function<FinalizedChain.Still, T> answer) {
    with(to, parts.chain().still(answer));
  }

  static <T> void with(StreamObserver<T> to, T answer) {
    to.onNext(answer);
    to.onCompleted();
  }
}
