package nimble.training.role;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor.Kind;
import nimble.types.PublicKey;
import nimble.vm.LittleEndian;

/// Generates text with the miners that trained a model: token ids to the first stage, the chosen
/// token back from the last. A state machine (R1) like [Miner].
public final class Gateway {
  public static final int REQUESTS_MAX = 64;
  public static final int PROMPT_MAX = 64 * 1024;
  public static final int TOKENS_MAX = 64 * 1024;
  private static final int RETRIES_MAX = 3;
  private static final long PATIENCE_MILLIS = 5_000;

  private final PublicKey self;
  private final SortedMap<Long, Generation> running = new TreeMap<>();

  public Gateway(PublicKey self) {
    this.self = self;
  }

  public List<GatewayEffect> handle(GatewayInput input) {
    return switch (input) {
      case GatewayInput.InferRequested requested -> requested(requested);
      case GatewayInput.InferCancelled(long request) -> {
        Generation generation = running.remove(request);
        yield generation == null ? List.of() : List.of(generation.release());
      }
      case GatewayInput.TensorReceived(var from, var name, var payload) -> {
        Generation generation = running.get(name.request());
        yield generation == null || !generation.isFor(name)
            ? List.of()
            : received(from, name, payload, generation);
      }
      case GatewayInput.TimerFired(long request, int turn) -> {
        Generation generation = running.get(request);
        yield generation == null ? List.of() : fired(request, turn, generation);
      }
    };
  }

  private List<GatewayEffect> requested(GatewayInput.InferRequested requested) {
    long request = requested.request();
    if (running.containsKey(request) || running.size() >= REQUESTS_MAX) {
      return List.of(new GatewayEffect.Finished(request, "the gateway is busy"));
    }
    int prompt = requested.prompt().size();
    if (prompt < 1 || prompt > PROMPT_MAX) {
      return List.of(
          new GatewayEffect.Finished(
              request, "prompt must have 1 to %d bytes, has %d".formatted(PROMPT_MAX, prompt)));
    }
    if (requested.tokens() < 1 || requested.tokens() > TOKENS_MAX) {
      return List.of(
          new GatewayEffect.Finished(
              request, "tokens must be 1 to %d, was %d".formatted(TOKENS_MAX, requested.tokens())));
    }
    Generation generation = new Generation(self, requested);
    running.put(request, generation);
    return List.of(generation.ask(), timer(request, generation));
  }

  private List<GatewayEffect> received(
      PublicKey from, DecodeTensor name, Bytes payload, Generation generation) {
    long request = name.request();
    if (name.kind() == Kind.CHOSEN
        && from.equals(generation.lastHolder())
        && payload.size() == Integer.BYTES) {
      int id = LittleEndian.ints(payload)[0];
      generation.chosen(id);
      if (!generation.complete()) {
        return List.of(new GatewayEffect.Token(request, id), generation.ask());
      }
      running.remove(request);
      return List.of(
          new GatewayEffect.Token(request, id),
          generation.release(),
          new GatewayEffect.Finished(request, ""));
    }
    if (name.kind() == Kind.REFUSED && generation.isHolder(from)) {
      String reason = DecodeTensor.reason(payload);
      return reason.equals(DecodeTensor.ROW_GONE) && generation.retries() < RETRIES_MAX
          ? List.of(generation.askAgain())
          : failed(request, reason);
    }
    return List.of();
  }

  /// One timer runs per request; it does harm only when no token came since it was started.
  private List<GatewayEffect> fired(long request, int turn, Generation generation) {
    if (generation.turn() != turn) {
      return List.of(timer(request, generation));
    }
    if (generation.retries() >= RETRIES_MAX) {
      return failed(request, "the model's miners do not answer");
    }
    return List.of(generation.askAgain(), timer(request, generation));
  }

  private List<GatewayEffect> failed(long request, String reason) {
    Generation generation = running.remove(request);
    return generation == null
        ? List.of()
        : List.of(generation.release(), new GatewayEffect.Finished(request, reason));
  }

  private static GatewayEffect timer(long request, Generation generation) {
    return new GatewayEffect.StartTimer(request, generation.turn(), PATIENCE_MILLIS);
  }
}
