package nimble.node.work;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.ServeCall;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.ledger.StateView;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.training.Deployment;
import nimble.training.Deployments;
import nimble.training.HostedStage;
import nimble.training.role.DecodeTensor;
import nimble.training.role.GatewayEffect;
import nimble.training.role.SendTensor;
import nimble.training.role.serving.Gateway;
import nimble.training.role.serving.GatewayInput;
import nimble.training.role.serving.HostSeats;
import nimble.training.role.serving.SignedPromise;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.generation.Sampling;

/// Gives the gateway's state machine its network, takes tokens to those who asked for them, and
/// keeps the models that it uses.
public final class GatewayOwner implements Owner<GatewayOwner.Input> {
  /// What happens to the owner.
  public sealed interface Input {
    record Requested(Request request, Reader reader) implements Input {}

    /// Whoever gave this reader has gone.
    record Cancelled(Reader reader) implements Input {}

    record Received(PublicKey from, DecodeTensor name, Bytes payload) implements Input {}

    record TimerFired(long request, int turn) implements Input {}

    /// A block is final.
    record Finalized() implements Input {}

    /// A part of a model is here.
    record Fetched(KeptModels.Part part, ByteSource data) implements Input {}

    /// It could not be had.
    record Missed(KeptModels.Part part) implements Input {}
  }

  /// What is asked for.
  ///
  /// @param prompt ids
  /// @param ends ids after which nothing more comes
  public record Request(
      GatewayInput.Served model,
      List<Integer> prompt,
      int tokens,
      Sampling sampling,
      SortedSet<Integer> ends,
      long timeoutMillis) {}

  /// Requests whose models' holders are remembered.
  private static final int HOLDERS_MAX = 16;

  /// Who asked. Called on the gateway's thread: it must not block.
  public interface Reader {
    void token(int id);

    /// @param reason empty when all tokens were made
    void finished(String reason);
  }

  private final Workplace.Parts parts;
  private final Gateway gateway;
  private final HostSeats seats;
  private final Patrons patrons;
  private final Inbox<Input> self;
  private final TreeMap<Long, Reader> readers = new TreeMap<>();
  private final TreeMap<Long, List<PublicKey>> holders = new TreeMap<>();
  private final TreeMap<JobId, GatewayInput.Served> used = new TreeMap<>();
  private final KeptModels kept;
  private SortedSet<PublicKey> connected = Collections.emptySortedSet();
  private long request;

  public GatewayOwner(
      Workplace.Parts parts, Gateway gateway, HostSeats seats, Patrons patrons, Inbox<Input> self) {
    this.parts = parts;
    this.gateway = gateway;
    this.seats = seats;
    this.patrons = patrons;
    this.self = self;
    kept = new KeptModels(this::fetch);
  }

  private void fetch(KeptModels.Part part) {
    parts
        .blobs()
        .fetch(
            part.blob().manifest(),
            part.blob().kind().bytesMax(),
            result ->
                self.must(
                    switch (result) {
                      case Blobs.Fetched.Whole(ByteSource data) -> new Input.Fetched(part, data);
                      case Blobs.Fetched.Failed _ -> new Input.Missed(part);
                    }));
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
      case Input.Requested(Request asked, Reader reader) -> {
        readers.put(++request, reader);
        remember(request, asked.model());
        step(
            new GatewayInput.InferRequested(
                request,
                asked.model(),
                asked.prompt(),
                asked.tokens(),
                asked.sampling(),
                asked.ends(),
                asked.timeoutMillis()));
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
      case Input.Finalized() -> finalized();
      case Input.Fetched(var part, ByteSource data) -> kept.fetched(part, data);
      case Input.Missed(var part) -> kept.missed(part);
    }
  }

  /// Who serves what this gateway uses may have changed.
  private void finalized() {
    SortedMap<JobId, Use> now = parts.state().read(this::uses);
    List<JobId> over = new ArrayList<>(used.keySet());
    over.removeAll(now.keySet());
    SortedMap<JobId, List<ModelBlob>> models = new TreeMap<>();
    now.forEach((id, use) -> {
      seated(use.served());
      models.put(id, use.blobs());
    });
    kept.keep(models);
    for (JobId id : over) {
      seated(new GatewayInput.Served(id, List.of(), 1, 1, true));
      used.remove(id);
    }
    connect();
  }

  /// What is known of a deployment that this gateway uses.
  private record Use(GatewayInput.Served served, List<ModelBlob> blobs) {}

  private SortedMap<JobId, Use> uses(StateView state) {
    SortedMap<JobId, Use> uses = new TreeMap<>();
    for (Deployment deployment :
        patrons.served(state, parts.hotKey().publicKey(), seats.used(state))) {
      uses.put(
          deployment.id(),
          new Use(
              seats.served(state, deployment),
              ModelBlob.of(state, deployment.order().origin(), deployment.order().text())));
    }
    return uses;
  }

  private void seated(GatewayInput.Served model) {
    if (!model.equals(used.put(model.job(), model))) {
      step(new GatewayInput.Seated(model));
    }
  }

  /// The holders of the models that were asked for last stay connected.
  private void remember(long number, GatewayInput.Served model) {
    if (!model.deployed()) {
      holders.put(number, model.replicas().getFirst().stages());
      while (holders.size() > HOLDERS_MAX) {
        holders.pollFirstEntry();
      }
      connect();
    }
  }

  private void connect() {
    TreeSet<PublicKey> now = new TreeSet<>();
    holders.values().forEach(now::addAll);
    used.values().forEach(model -> model.replicas().forEach(it -> now.addAll(it.stages())));
    now.addAll(parts.state().read(this::makers));
    now.remove(parts.hotKey().publicKey());
    if (!now.equals(connected)) {
      connected = now;
      parts.neighbours().accept(now);
    }
  }

  private SortedSet<PublicKey> makers(StateView state) {
    TreeSet<PublicKey> makers = new TreeSet<>();
    for (JobId id : used.keySet()) {
      Deployments.load(state, id)
          .ifPresent(deployment -> makers.addAll(HostSeats.makers(state, deployment)));
    }
    return makers;
  }

  private void step(GatewayInput input) {
    for (GatewayEffect effect : gateway.handle(input)) {
      switch (effect) {
        case SendTensor tensor -> parts.tensors().send(tensor);
        case GatewayEffect.Token(long number, int id) ->
            reader(number).ifPresent(reader -> reader.token(id));
        case GatewayEffect.Finished(long number, String reason) -> {
          Optional<Reader> reader = reader(number);
          readers.remove(number);
          reader.ifPresent(it -> it.finished(reason));
        }
        case GatewayEffect.StartTimer(long number, int turn, long millis) ->
            parts.timers().after(millis, () -> self.must(new Input.TimerFired(number, turn)));
        case GatewayEffect.Promise(PublicKey to, DecodeTensor name, var promise) ->
            parts
                .tensors()
                .send(
                    new SendTensor(
                        to,
                        name,
                        SignedPromise.by(parts.hotKey(), parts.chain(), promise).encode()));
        case GatewayEffect.RollCall(JobId deployment, int replica) -> rollCall(deployment, replica);
      }
    }
  }

  private Optional<Reader> reader(long number) {
    return Optional.ofNullable(readers.get(number));
  }

  private void rollCall(JobId id, int replica) {
    Optional<Deployment> deployment =
        parts
            .state()
            .read(state -> Deployments.load(state, id))
            .filter(it -> replica < it.replicas());
    if (deployment.isEmpty()
        || deployment.get().replica(replica).stream().anyMatch(HostedStage::called)) {
      return;
    }
    HostedStage first = deployment.get().replica(replica).getFirst();
    ServeCall missing =
        new ServeCall.HostMissing(new StageSlot(id, 0, replica), first.attempt(), first.turn() + 1);
    parts.reporter().warn("roll call", "deployment", id, "replica", replica);
    parts.submit().offer(SignedWorkCall.by(parts.hotKey(), parts.chain(), missing));
  }

  @Override
  public void stopped() {
    readers.values().forEach(reader -> reader.finished("the node stops"));
    readers.clear();
  }
}
