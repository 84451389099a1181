package nimble.training.role.serving;

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
import nimble.training.role.DecodeTensor;
import nimble.training.role.DecodeTensor.Kind;
import nimble.training.role.GatewayEffect;
import nimble.training.role.serving.GatewayInput.Replica;
import nimble.training.role.serving.GatewayInput.Served;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.generation.Replay;
import nimble.vm.tensor.LittleEndian;

/// Generates text with the miners that serve a model: token ids to the first stage, the chosen
/// token back from the last. A state machine (R1).
public final class Gateway {
  public static final int REQUESTS_MAX = 64;
  public static final int PROMPT_MAX = 64 * 1024;
  public static final int TOKENS_MAX = 64 * 1024;
  private static final int RETRIES_MAX = 3;
  private static final long PATIENCE_MILLIS = 5_000;
  private static final long REPLAY_MILLIS = 30_000;

  /// Turns of timers that are about no token.
  private static final int DEADLINE = -1;

  private static final int PROMISES = -2;

  /// Less the turn of a row that is over.
  private static final int REPLAYS = -16;

  private final PublicKey self;
  private final SortedMap<Long, Generation> running = new TreeMap<>();
  private final SortedMap<Place, Closing> closing = new TreeMap<>();
  private final SortedMap<JobId, Served> served = new TreeMap<>();
  private final Tallies tallies = new Tallies();

  /// Of a row that is over: requests may have several.
  private record Place(long request, int turn, int replica) implements Comparable<Place> {
    static Place of(DecodeTensor name) {
      return new Place(name.request(), name.turn(), name.replica());
    }

    @Override
    public int compareTo(Place other) {
      return Comparator.comparingLong(Place::request)
          .thenComparingInt(Place::turn)
          .thenComparingInt(Place::replica)
          .compare(this, other);
    }
  }

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
      case GatewayInput.Seated(var model) -> seated(model, effects);
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
      seated(requested.model(), effects);
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
    if (name.kind() == Kind.PROMISED) {
      promised(from, name, payload, effects);
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

  /// What the model does not have is no answer: whoever sent it is asked again (R27).
  private void chosen(Generation generation, int id, List<GatewayEffect> effects) {
    if (!generation.mayBe(id)) {
      return;
    }
    generation.chosen(id);
    effects.add(new GatewayEffect.Token(generation.number(), id));
    if (generation.complete()) {
      ended(generation.number(), effects);
      effects.add(new GatewayEffect.Finished(generation.number(), ""));
    } else {
      if (generation.isFull()) {
        closed(generation, effects);
      }
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
    if (turn <= REPLAYS) {
      late(request, REPLAYS - turn, effects);
      return;
    }
    if (turn == PROMISES) {
      again(request, effects);
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
    Optional<Replica> other = free(generation, present.get().number());
    if (other.isEmpty()) {
      effects.add(generation.askAgain());
    } else {
      leave(generation, effects);
      effects.add(generation.begin(other.get()));
    }
  }

  /// Whoever of them is there is paid for what it did.
  private void leave(Generation generation, List<GatewayEffect> effects) {
    generation.release().ifPresent(effects::add);
    closed(generation, effects);
  }

  /// R27: who lost its hosts goes on with others as soon as there are any.
  private void seated(Served model, List<GatewayEffect> effects) {
    served.put(model.job(), model);
    tallies.seated(model);
    for (Generation generation : running.values()) {
      Optional<Replica> present = generation.replica();
      boolean lost =
          generation.job().equals(model.job())
              && present.isPresent()
              && model.replica(present.get().number()).filter(present.get()::isSame).isEmpty();
      if (lost) {
        leave(generation, effects);
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
    leave(generation, effects);
  }

  /// R28: the row is over.
  private void closed(Generation generation, List<GatewayEffect> effects) {
    generation
        .close()
        .ifPresent(row -> {
          closing.put(Place.of(row.name()), row);
          effects.add(row.replay());
          int turn = REPLAYS - row.name().turn();
          effects.add(new GatewayEffect.StartTimer(row.name().request(), turn, REPLAY_MILLIS));
        });
  }

  private void replayed(
      PublicKey from, DecodeTensor name, Bytes payload, List<GatewayEffect> effects) {
    Closing row = closing.get(Place.of(name));
    if (row == null || payload.isEmpty()) {
      return;
    }
    replay(payload.slice(1, payload.size()))
        .ifPresent(replay -> row.said(from, payload.at(0) & 0xff, replay));
    owe(row, false, effects);
    if (row.isOver()) {
      closing.remove(Place.of(name));
    }
  }

  /// Each host is promised its pay once, when it and its neighbours have said what they did.
  private void owe(Closing row, boolean late, List<GatewayEffect> effects) {
    row.owed(late)
        .forEach((stage, replay) -> {
          StageSlot slot = new StageSlot(row.name().job(), stage, row.name().replica());
          PublicKey host = row.replica().stages().get(stage);
          Tallies.Due due =
              new Tallies.Due(host, row.name().as(Kind.PROMISE), row.fed(), replay.hash());
          promise(tallies.add(slot, row.replica().accounts().get(stage).attempt(), due), effects);
        });
  }

  private void promise(Optional<GatewayEffect.Promise> due, List<GatewayEffect> effects) {
    due.ifPresent(promise -> {
      effects.add(promise);
      effects.add(
          new GatewayEffect.StartTimer(promise.name().request(), PROMISES, PATIENCE_MILLIS));
    });
  }

  private void promised(
      PublicKey from, DecodeTensor name, Bytes payload, List<GatewayEffect> effects) {
    if (payload.size() == 1 + Long.BYTES) {
      StageSlot slot = new StageSlot(name.job(), payload.at(0) & 0xff, name.replica());
      promise(tallies.taken(from, slot, payload.u64At(1)), effects);
    }
  }

  /// Who has said nothing of a row by now will not.
  private void late(long request, int turn, List<GatewayEffect> effects) {
    List<Place> over =
        closing.keySet().stream()
            .filter(place -> place.request() == request && place.turn() == turn)
            .toList();
    for (Place place : over) {
      Optional.ofNullable(closing.remove(place)).ifPresent(row -> owe(row, true, effects));
    }
  }

  /// What no host has taken yet.
  private void again(long request, List<GatewayEffect> effects) {
    tallies.again(request).forEach(due -> promise(Optional.of(due), effects));
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
