package nimble.training.role;

/// What a [Gateway] wants done.
public sealed interface GatewayEffect permits GatewayEffect.Own, SendTensor {
  /// What only gateways want.
  sealed interface Own extends GatewayEffect {}

  /// The next token of a request, for its user.
  record Token(long request, int id) implements Own {}

  /// Nothing more comes; `reason` is empty when all tokens were made.
  record Finished(long request, String reason) implements Own {}

  /// Answered with `TimerFired(request, turn)`.
  record StartTimer(long request, int turn, long millis) implements Own {}
}
