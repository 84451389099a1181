package nimble.training.role;

import nimble.chain.ServePromise;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// What a gateway wants done.
public sealed interface GatewayEffect permits GatewayEffect.Own, SendTensor {
  /// What only gateways want.
  sealed interface Own extends GatewayEffect {}

  /// The next token of a request, for its user.
  record Token(long request, int id) implements Own {}

  /// Nothing more comes; `reason` is empty when all tokens were made, or one that ends the text.
  record Finished(long request, String reason) implements Own {}

  /// Answered with `TimerFired(request, turn)`.
  record StartTimer(long request, int turn, long millis) implements Own {}

  /// Sign with the gateway's key and send both to the host, under that name.
  record Promise(PublicKey to, DecodeTensor name, ServePromise promise) implements Own {}

  /// A replica does not answer: let the chain call its roll, if it does not yet.
  record RollCall(JobId deployment, int replica) implements Own {}
}
