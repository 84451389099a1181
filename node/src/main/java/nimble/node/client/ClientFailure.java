package nimble.node.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/// A call that did not do what was asked.
public final class ClientFailure extends Exception {
  /// Who has to do something about it.
  public enum Kind {
    /// Whoever asked: what was asked for cannot be.
    INVALID,
    /// Whoever runs the node or the network.
    UNAVAILABLE,
    /// Nobody: the chain said no.
    REJECTED
  }

  private final Kind kind;

  public ClientFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// @param node where it was called, for the message
  static ClientFailure of(String node, StatusRuntimeException failure) {
    Status status = failure.getStatus();
    String said =
        status.getDescription() == null ? status.getCode().name() : status.getDescription();
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, OUT_OF_RANGE, ALREADY_EXISTS ->
          new ClientFailure(Kind.INVALID, said);
      case DEADLINE_EXCEEDED ->
          new ClientFailure(
              Kind.UNAVAILABLE,
              "the node at %s did not answer in time: is it busy, or stopped?".formatted(node));
      case UNAVAILABLE ->
          new ClientFailure(
              Kind.UNAVAILABLE,
              status.getCause() == null
                  ? said
                  : "no node answers at %s: start one, or give its address with --node"
                      .formatted(node));
      default -> new ClientFailure(Kind.UNAVAILABLE, "the node at %s: %s".formatted(node, said));
    };
  }
}
