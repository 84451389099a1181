package nimble.node.work;

import java.util.List;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.p2p.Network;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Gateway;
import nimble.training.role.GatewayEffect;
import nimble.training.role.GatewayInput;
import nimble.training.role.SendTensor;
import nimble.training.role.TensorMessage;
import nimble.types.PublicKey;

/// Gives the gateway's state machine its network, and takes tokens to those who asked for them.
public final class GatewayOwner implements Owner<GatewayOwner.Input> {
  /// What happens to the owner.
  public sealed interface Input {
    record Requested(
        GatewayInput.Served model,
        Bytes prompt,
        int tokens,
        DecodeTensor.Sampling sampling,
        Reader reader)
        implements Input {}

    /// Whoever gave this reader has gone.
    record Cancelled(Reader reader) implements Input {}

    record Received(PublicKey peer, Bytes payload) implements Input {}

    record TimerFired(long request, int turn) implements Input {}
  }

  /// Who asked. Called on the gateway's thread: it must not block.
  public interface Reader {
    void token(int id);

    /// @param reason empty when all tokens were made
    void finished(String reason);
  }

  private final Gateway gateway;
  private final Network network;
  private final Timers timers;
  private final Mailbox<Input> self;
  private final TreeMap<Long, Reader> readers = new TreeMap<>();
  private long request;

  public GatewayOwner(Gateway gateway, Network network, Timers timers, Mailbox<Input> self) {
    this.gateway = gateway;
    this.network = network;
    this.timers = timers;
    this.self = self;
  }

  @Override
  public void turn(long nowMillis, List<Input> inputs) {
    for (Input input : inputs) {
      // Numbers must not repeat after a restart: stages may still hold rows of the old process.
      request = Math.max(request, nowMillis << 10);
      handle(input);
    }
  }

  private void handle(Input input) {
    switch (input) {
      case Input.Requested requested -> {
        readers.put(++request, requested.reader());
        step(
            new GatewayInput.InferRequested(
                request,
                requested.model(),
                requested.prompt(),
                requested.tokens(),
                requested.sampling()));
      }
      case Input.Cancelled(Reader reader) ->
          readers.entrySet().stream()
              .filter(entry -> entry.getValue().equals(reader))
              .map(entry -> entry.getKey())
              .findFirst()
              .ifPresent(number -> {
                readers.remove(number);
                step(new GatewayInput.InferCancelled(number));
              });
      case Input.Received(PublicKey peer, Bytes payload) -> received(peer, payload);
      case Input.TimerFired(long number, int turn) ->
          step(new GatewayInput.TimerFired(number, turn));
    }
  }

  private void received(PublicKey peer, Bytes payload) {
    try {
      TensorMessage tensor = TensorMessage.decode(payload);
      if (tensor.name() instanceof DecodeTensor name) {
        step(new GatewayInput.TensorReceived(peer, name, tensor.payload()));
      }
    } catch (Malformed e) {
      network.disconnect(peer, "tensor: " + e.reason());
    }
  }

  private void step(GatewayInput input) {
    for (GatewayEffect effect : gateway.handle(input)) {
      switch (effect) {
        case SendTensor tensor -> Tensors.send(network, tensor);
        case GatewayEffect.Token(long number, int id) -> {
          Reader reader = readers.get(number);
          if (reader != null) {
            reader.token(id);
          }
        }
        case GatewayEffect.Finished(long number, String reason) -> {
          Reader reader = readers.remove(number);
          if (reader != null) {
            reader.finished(reason);
          }
        }
        case GatewayEffect.StartTimer(long number, int turn, long millis) ->
            timers.after(millis, () -> self.offer(new Input.TimerFired(number, turn)));
      }
    }
  }
}
