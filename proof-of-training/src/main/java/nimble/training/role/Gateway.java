package nimble.training.role;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.role.DecodeTensor.Kind;
import nimble.training.role.GatewayInput.Replica;
import nimble.training.role.GatewayInput.Served;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.LittleEndian;
import nimble.vm.Replay;

/// Generates text with the miners that serve a model: token ids to the first stage, the chosen
/// token back from the last. A state machine (R1) like [Miner].
public final class Gateway {
  public static final int REQUESTS_MAX = 64;
  public static final int PROMPT_MAX = 64 * 1024;
  public static final int TOKENS_MAX = 64 * 1024;
  private static final int RETRIES_MAX = 3;
  private static final long PATIENCE_MILLIS = 5_000;
  private static final long REPLAY_MILLIS = 30_000;

  /// Turns of timers that are about no token.
  private static final int DEADLINE = -1;

  private static final int REPLAYS = -2;

  private final PublicKey self;
  private final SortedMap<Long, Generation> running = new TreeMap<>();
  private final SortedMap<Long, Closing> closing = new TreeMap<>();
  private final SortedMap<JobId, Served> served = new TreeMap<>();
  private final Tallies tallies = new Tallies();

  /// An answer that is given, whose hosts have yet to say what they did.
  private record Closing(Generation generation, Replica replica, List<Integer> said) {}

  public Gateway(PublicKey self) {
    this.self = self;
  }

  public List<GatewayEffect> handle(GatewayInput input) {
    List<GatewayEffect> effects = new ArrayList<>();
    switch (input) {
      case GatewayInput.InferRequested requested -> requested(requested, effects);
      case GatewayInput.InferCancelled(long request) -> ended(request, effects);
      case GatewayInput.TensorReceived(var from, var name, var payload) ->
          received(from, name, payload, effects);
      case GatewayInput.TimerFired(long request, int turn) -> fired(request, turn, effects);
      case GatewayInput.Seated(var model) -> seated(model);
    }
    begin(effects);
    return effects;
  }

  private void requested(GatewayInput.InferRequested requested, List<GatewayEffect> effects) {
    long request = requested.request();
    Optional<String> problem = problem(requested);
    if (problem.isPresent()) {
      effects.add(new GatewayEffect.Finished(request, problem.get()));
      return;
    }
    Generation generation = new Generation(self, requested);
    running.put(request, generation);
    if (!requested.model().deployed()) {
      effects.add(generation.begin(requested.model().replicas().getFirst()));
    } else if (!served.containsKey(generation.job())) {
      seated(requested.model());
    }
    effects.add(timer(generation));
    effects.add(new GatewayEffect.StartTimer(request, DEADLINE, requested.timeoutMillis()));
  }

  private Optional<String> problem(GatewayInput.InferRequested requested) {
    int prompt = requested.prompt().size();
    if (running.containsKey(requested.request()) || running.size() >= REQUESTS_MAX) {
      return Optional.of("the gateway is busy");
    }
    if (prompt < 1 || prompt > PROMPT_MAX) {
      return Optional.of("prompt must have 1 to %d tokens, has %d".formatted(PROMPT_MAX, prompt));
    }
    if (requested.tokens() < 1 || requested.tokens() > TOKENS_MAX) {
      return Optional.of(
          "tokens must be 1 to %d, was %d".formatted(TOKENS_MAX, requested.tokens()));
    }
    return requested.model().replicas().isEmpty()
        ? Optional.of("the model is not ready: no replica of it is loaded")
        : Optional.empty();
  }

  /// Requests that wait for a replica get one that has a row free, the least busy first (R26).
  private void begin(List<GatewayEffect> effects) {
    for (Generation generation : running.values()) {
      if (generation.deployed() && generation.replica().isEmpty()) {
        free(generation, -1).ifPresent(replica -> effects.add(generation.begin(replica)));
      }
    }
  }

  /// @param not the number of a replica that will not do
  private Optional<Replica> free(Generation generation, int not) {
    Served model = served.get(generation.job());
    return model == null
        ? Optional.empty()
        : model.replicas().stream()
            .filter(replica -> replica.number() != not)
            .filter(replica -> rows(generation, replica) < Decoder.ROWS_MAX)
            .min(
                Comparator.<Replica>comparingLong(replica -> rows(generation, replica))
                    .thenComparingInt(Replica::number));
  }

  private long rows(Generation of, Replica replica) {
    return running.values().stream()
        .filter(other -> other.job().equals(of.job()) && other.isOn(replica.number()))
        .count();
  }

  private void received(
      PublicKey from, DecodeTensor name, Bytes payload, List<GatewayEffect> effects) {
    if (name.kind() == Kind.REPLAYED) {
      replayed(from, name, payload, effects);
      return;
    }
    Generation generation = running.get(name.request());
    if (generation == null || !generation.isFor(name)) {
      return;
    }
    if (name.kind() == Kind.CHOSEN
        && generation.comesFromLast(from)
        && payload.size() == Integer.BYTES) {
      chosen(generation, LittleEndian.ints(payload)[0], effects);
    } else if (name.kind() == Kind.REFUSED && generation.comesFromHost(from)) {
      refused(generation, DecodeTensor.reason(payload), effects);
    }
  }

  private void chosen(Generation generation, int id, List<GatewayEffect> effects) {
    generation.chosen(id);
    effects.add(new GatewayEffect.Token(generation.number(), id));
    if (generation.complete()) {
      ended(generation.number(), effects);
      effects.add(new GatewayEffect.Finished(generation.number(), ""));
    } else {
      effects.add(generation.ask());
    }
  }

  /// A lost row is begun anew at once; whatever else a deployment's host says, it is asked again
  /// when its patience is over.
  private void refused(Generation generation, String reason, List<GatewayEffect> effects) {
    if (reason.equals(DecodeTensor.ROW_GONE) && generation.retries() < RETRIES_MAX) {
      effects.add(generation.askAgain());
    } else if (!generation.deployed()) {
      failed(generation, reason, effects);
    }
  }

  /// One timer runs per request; it does harm only when no token came since it was started.
  private void fired(long request, int turn, List<GatewayEffect> effects) {
    if (turn == REPLAYS) {
      closing.remove(request);
      return;
    }
    Generation generation = running.get(request);
    if (generation == null) {
      return;
    }
    if (turn == DEADLINE) {
      failed(generation, "no answer in time", effects);
    } else if (generation.turn() != turn) {
      effects.add(timer(generation));
    } else if (!generation.deployed() && generation.retries() >= RETRIES_MAX) {
      failed(generation, "the model's miners do not answer", effects);
    } else {
      stuck(generation, effects);
      effects.add(timer(generation));
    }
  }

  /// R27: first the same replica again, then another, if there is one, and the chain is told.
  private void stuck(Generation generation, List<GatewayEffect> effects) {
    Optional<Replica> present = generation.replica();
    if (present.isEmpty()) {
      return;
    }
    generation.missed();
    if (!generation.deployed() || generation.misses() < 2) {
      effects.add(generation.askAgain());
      return;
    }
    effects.add(new GatewayEffect.RollCall(generation.job(), present.get().number()));
    effects.add(
        free(generation, present.get().number())
            .map(generation::begin)
            .orElseGet(generation::askAgain));
  }

  /// R27: who lost its hosts goes on with others as soon as there are any.
  private void seated(Served model) {
    served.put(model.job(), model);
    tallies.seated(model);
    for (Generation generation : running.values()) {
      Optional<Replica> present = generation.replica();
      boolean lost =
          generation.job().equals(model.job())
              && present.isPresent()
              && model.replica(present.get().number()).filter(present.get()::isSame).isEmpty();
      if (lost) {
        generation.pause();
      }
    }
  }

  private void failed(Generation generation, String reason, List<GatewayEffect> effects) {
    ended(generation.number(), effects);
    effects.add(new GatewayEffect.Finished(generation.number(), reason));
  }

  /// The row is free; whoever is paid says what it did.
  private void ended(long request, List<GatewayEffect> effects) {
    Generation generation = running.remove(request);
    if (generation == null) {
      return;
    }
    generation.release().ifPresent(effects::add);
    if (generation.deployed() && generation.replica().isPresent() && generation.positions() > 0) {
      closing.put(request, new Closing(generation, generation.replica().get(), new ArrayList<>()));
      effects.add(generation.replay());
      effects.add(new GatewayEffect.StartTimer(request, REPLAYS, REPLAY_MILLIS));
    }
  }

  /// R28: each host gets its receipt once, when it has said what it did.
  private void replayed(
      PublicKey from, DecodeTensor name, Bytes payload, List<GatewayEffect> effects) {
    Closing answer = closing.get(name.request());
    if (answer == null || payload.isEmpty()) {
      return;
    }
    int stage = payload.at(0) & 0xff;
    List<PublicKey> hosts = answer.replica().stages();
    Optional<Replay> replay = replay(payload.slice(1, payload.size()));
    int blocks = Math.ceilDiv(answer.generation().positions(), Replay.BLOCK);
    if (stage >= hosts.size()
        || !hosts.get(stage).equals(from)
        || answer.said().contains(stage)
        || replay.filter(it -> it.blocks().size() == blocks).isEmpty()) {
      return;
    }
    answer.said().add(stage);
    StageSlot slot = new StageSlot(answer.generation().job(), stage, answer.replica().number());
    int attempt = answer.replica().accounts().get(stage).attempt();
    tallies
        .add(slot, attempt, answer.generation().fed(), name.request(), replay.get())
        .ifPresent(
            call -> effects.add(new GatewayEffect.Receipt(from, name.as(Kind.RECEIPT), call)));
    if (answer.said().size() == hosts.size()) {
      closing.remove(name.request());
    }
  }

  private static Optional<Replay> replay(Bytes payload) {
    try {
      return Optional.of(Reader.decode(payload, Replay::read));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private static GatewayEffect timer(Generation generation) {
    return new GatewayEffect.StartTimer(generation.number(), generation.turn(), PATIENCE_MILLIS);
  }
}
