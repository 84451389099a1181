package nimble.node.work;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.codec.Bytes;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Gateway;
import nimble.training.role.GatewayEffect;
import nimble.training.role.GatewayInput;
import nimble.training.role.SendTensor;
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

    record Received(PublicKey from, DecodeTensor name, Bytes payload) implements Input {}

    record TimerFired(long request, int turn) implements Input {}
  }

  /// Requests whose models' holders are remembered.
  private static final int HOLDERS_MAX = 16;

  /// Who asked. Called on the gateway's thread: it must not block.
  public interface Reader {
    void token(int id);

    /// @param reason empty when all tokens were made
    void finished(String reason);
  }

  private final Gateway gateway;
  private final Tensors tensors;
  private final Consumer<SortedSet<PublicKey>> neighbours;
  private final Timers timers;
  private final Mailbox<Input> self;
  private final TreeMap<Long, Reader> readers = new TreeMap<>();
  private final TreeMap<Long, List<PublicKey>> holders = new TreeMap<>();
  private SortedSet<PublicKey> connected = Collections.emptySortedSet();
  private long request;

  /// @param neighbours told whom this node must be connected to
  public GatewayOwner(
      Gateway gateway,
      Tensors tensors,
      Consumer<SortedSet<PublicKey>> neighbours,
      Timers timers,
      Mailbox<Input> self) {
    this.gateway = gateway;
    this.tensors = tensors;
    this.neighbours = neighbours;
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
        remember(request, requested.model().stages());
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
      case Input.Received(PublicKey from, DecodeTensor name, Bytes payload) ->
          step(new GatewayInput.TensorReceived(from, name, payload));
      case Input.TimerFired(long number, int turn) ->
          step(new GatewayInput.TimerFired(number, turn));
    }
  }

  /// The holders of the models that were asked for last stay connected.
  private void remember(long number, List<PublicKey> stages) {
    holders.put(number, stages);
    while (holders.size() > HOLDERS_MAX) {
      holders.pollFirstEntry();
    }
    TreeSet<PublicKey> now = new TreeSet<>();
    holders.values().forEach(now::addAll);
    if (!now.equals(connected)) {
      connected = now;
      neighbours.accept(now);
    }
  }

  private void step(GatewayInput input) {
    for (GatewayEffect effect : gateway.handle(input)) {
      switch (effect) {
        case SendTensor tensor -> tensors.send(tensor);
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

  @Override
  public void stopped() {
    readers.values().forEach(reader -> reader.finished("the node stops"));
    readers.clear();
  }
}
