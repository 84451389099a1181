package nimble.training.role;

import java.util.List;
import nimble.codec.Bytes;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// What happens to a [Gateway].
public sealed interface GatewayInput {
  /// Someone wants text.
  ///
  /// @param request not used before at this gateway
  /// @param model where it is served
  /// @param prompt bytes of the text so far
  record InferRequested(
      long request, Served model, Bytes prompt, int tokens, DecodeTensor.Sampling sampling)
      implements GatewayInput {}

  record InferCancelled(long request) implements GatewayInput {}

  record TensorReceived(PublicKey from, DecodeTensor name, Bytes payload) implements GatewayInput {}

  record TimerFired(long request, int turn) implements GatewayInput {}

  /// A trained model and who holds its stages.
  ///
  /// @param stages hot keys, in order
  /// @param context positions that a row can have
  record Served(JobId job, List<PublicKey> stages, int context) {
    public Served {
      stages = List.copyOf(stages);
    }
  }
}
