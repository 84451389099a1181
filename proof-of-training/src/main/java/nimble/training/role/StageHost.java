package nimble.training.role;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nimble.chain.ServeCall;
import nimble.chain.ServeCall.HostReady;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.SignedWorkCall;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.Span;
import nimble.vm.StageProgram;
import org.jspecify.annotations.Nullable;

/// One hosted seat's life, from the placement to its end.
final class StageHost {
  private static final long RETRY_MILLIS = 1_000;
  private static final int WAITING_MAX = 256;

  /// Tokens served without a receipt; more wait for one.
  private static final long UNPAID_MAX = 64 * 1024;

  /// A receipt goes to the chain at so many times its least worth, or when no other came for long.
  private static final long WORTH_TIMES = 16;

  private static final Span QUIET = new Span(5_000, 5);

  private enum Life {
    /// The checkpoint is to be had, and what it is on.
    FETCHING,
    LOADING,
    SERVING,
    CLOSING,
    CLOSED,
    /// Given up: the seat goes to somebody else.
    FAILED
  }

  private final HostWork work;
  private final Lane lane;
  private final BaseFetch base;
  private final Calls words = new Calls();
  private final Calls receipts = new Calls();
  private final Deque<Decoder.Turn> waiting = new ArrayDeque<>();
  private final Deque<Decoder.Turn> replays = new ArrayDeque<>();
  private final List<HostEffect> effects = new ArrayList<>();
  private HostSeat seat;
  private Moment now;
  private Life life = Life.FETCHING;
  private @Nullable Bytes checkpoint;
  private @Nullable SignedWorkCall newest;
  private Moment quiet = new Moment(0, 0);
  private long receipted;
  private long unpaid;

  StageHost(HostSeat seat, Moment now, HostWork work) {
    this.seat = seat;
    this.now = now;
    this.work = work;
    lane = new Lane(seat.slot());
    base = new BaseFetch(seat.base());
    receipted = seat.money().served().tokens();
    effects.add(new HostEffect.FetchData(seat.checkpoint()));
  }

  HostSeat seat() {
    return seat;
  }

  boolean closed() {
    return life == Life.CLOSED;
  }

  void finalized(Moment moment, HostSeat newestSeat) {
    now = moment;
    seat = newestSeat;
  }

  void fetched(Hash manifest, Bytes data) {
    if (life == Life.FETCHING && manifest.equals(seat.checkpoint())) {
      checkpoint = data;
    } else if (life == Life.FETCHING) {
      base.fetched(manifest, data);
    }
  }

  void fetchFailed(Hash manifest) {
    if (life == Life.FETCHING && (manifest.equals(seat.checkpoint()) || base.wants(manifest))) {
      effects.add(new HostEffect.StartTimer(seat.slot(), RETRY_MILLIS));
    }
  }

  void retry() {
    if (life == Life.FETCHING) {
      base.again();
      if (checkpoint == null) {
        effects.add(new HostEffect.FetchData(seat.checkpoint()));
      }
    }
  }

  /// From who may send it.
  void received(DecodeTensor tensor, Bytes payload) {
    if (tensor.kind() == DecodeTensor.Kind.RECEIPT) {
      effects.add(new HostEffect.CheckReceipt(seat.slot(), seat.gateway(), payload));
      return;
    }
    Optional<String> reason = refusal();
    Deque<Decoder.Turn> queue = tensor.kind() == DecodeTensor.Kind.REPLAY ? replays : waiting;
    if (tensor.kind() == DecodeTensor.Kind.RELEASE && life == Life.SERVING) {
      waiting.addLast(new Decoder.Turn(tensor, payload));
    } else if (reason.isPresent()) {
      refuse(tensor, reason.get());
    } else {
      queue.addLast(new Decoder.Turn(tensor, payload));
    }
  }

  /// R28: who is not paid does not go on.
  private Optional<String> refusal() {
    if (life != Life.SERVING || !seat.active()) {
      return Optional.of("the model is not ready");
    }
    if (waiting.size() + replays.size() >= WAITING_MAX) {
      return Optional.of("busy");
    }
    boolean owed =
        unpaid > UNPAID_MAX || seat.money().due(receipted + unpaid) > seat.money().credit();
    return owed ? Optional.of("receipts are owed") : Optional.empty();
  }

  void receipt(SignedWorkCall signed) {
    if (signed.call() instanceof ServeReceipt(var slot, int attempt, long tokens, var _)
        && slot.equals(seat.slot())
        && attempt == seat.attempt()
        && tokens > receipted) {
      newest = signed;
      unpaid = Math.max(0, unpaid - (tokens - receipted));
      receipted = tokens;
      quiet = QUIET.after(now);
    }
  }

  void computed(long task, Outcome outcome) {
    if (!lane.finished(task)) {
      return;
    }
    switch (outcome) {
      case Outcome.Ready _ -> {
        life = Life.SERVING;
        effects.add(new HostEffect.Report(seat.slot(), HostEffect.Word.SERVES, ""));
      }
      case Outcome.OfBase came -> {
        String problem = base.computed(came);
        if (!problem.isEmpty()) {
          giveUp(problem);
        }
      }
      case Outcome.Turned(var turns) -> turns.forEach(this::turned);
      case Outcome.Replayed replayed -> replayed(replayed);
      case Outcome.DecodeRefused(var tensor, var reason) -> refuse(tensor, reason);
      case Outcome.Closed _ -> life = Life.CLOSED;
      default -> throw new IllegalStateException("nobody asked for " + outcome);
    }
  }

  private void turned(Outcome outcome) {
    if (outcome instanceof Outcome.DecodeRefused(var tensor, var reason)) {
      refuse(tensor, reason);
    }
    if (outcome instanceof Outcome.Decoded(var tensor, var output)) {
      boolean releases = tensor.kind() == DecodeTensor.Kind.RELEASE;
      if (!releases) {
        unpaid += positions(output);
      }
      if (!seat.last()) {
        pass(tensor.as(releases ? DecodeTensor.Kind.RELEASE : DecodeTensor.Kind.HIDDEN), output);
      } else if (!releases) {
        effects.add(new SendTensor(tensor.gateway(), tensor.as(DecodeTensor.Kind.CHOSEN), output));
      }
    }
  }

  /// The last stage gives one token, whatever it was given.
  private int positions(Bytes output) {
    return seat.last() ? 1 : output.size() / Float.BYTES / (seat.stage().outWidth() + 1);
  }

  private void replayed(Outcome.Replayed replayed) {
    DecodeTensor tensor = replayed.tensor();
    Bytes said = Writer.encode(writer -> replayed.replay().write(writer.u8(seat.slot().stage())));
    effects.add(new SendTensor(tensor.gateway(), tensor.as(DecodeTensor.Kind.REPLAYED), said));
    if (!seat.last()) {
      pass(tensor, replayed.output());
    }
  }

  private void pass(DecodeTensor tensor, Bytes output) {
    seat.next()
        .ifPresentOrElse(
            next -> effects.add(new SendTensor(next, tensor, output)),
            () -> refuse(tensor, "the model is not ready"));
  }

  private void refuse(DecodeTensor tensor, String reason) {
    effects.add(
        new SendTensor(tensor.gateway(), tensor.as(DecodeTensor.Kind.REFUSED), Bytes.utf8(reason)));
  }

  void failed(long task, String reason) {
    if (lane.finished(task)) {
      giveUp(reason);
    }
  }

  private void giveUp(String reason) {
    life = life == Life.CLOSING ? Life.CLOSED : Life.FAILED;
    effects.add(new HostEffect.Report(seat.slot(), HostEffect.Word.FAILED, reason));
  }

  void close() {
    if (life != Life.CLOSED && life != Life.CLOSING) {
      lane.abandon();
      life = Life.CLOSING;
    }
  }

  List<HostEffect> effects() {
    speak();
    if (life == Life.FETCHING) {
      base.request().map(HostEffect.FetchData::new).ifPresent(effects::add);
      life = checkpoint != null && base.isWhole() ? Life.LOADING : life;
    }
    if (lane.free()) {
      next().ifPresent(task -> effects.add(lane.begin(task, HostEffect.Compute::new)));
    }
    List<HostEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }

  private Optional<Task> next() {
    return switch (life) {
      case LOADING -> {
        Bytes blob = checkpoint;
        checkpoint = null;
        yield Optional.ofNullable(blob).map(it -> () -> work.load(it));
      }
      case SERVING -> serve();
      case CLOSING -> Optional.of(work::close);
      case FETCHING -> base.next(work.base());
      case CLOSED, FAILED -> Optional.empty();
    };
  }

  /// Answers before replays; rows that wait go together (R26).
  private Optional<Task> serve() {
    if (waiting.isEmpty()) {
      return Optional.ofNullable(replays.pollFirst())
          .map(turn -> () -> work.replay(turn.tensor(), turn.input()));
    }
    List<Decoder.Turn> turns = new ArrayList<>();
    Set<Decoder.Name> rows = new LinkedHashSet<>();
    Iterator<Decoder.Turn> each = waiting.iterator();
    while (each.hasNext() && turns.size() < StageProgram.ROWS_TOGETHER_MAX) {
      Decoder.Turn turn = each.next();
      // A row's turns stay in order: the second waits, and so does what follows it.
      if (rows.add(turn.row())) {
        turns.add(turn);
        each.remove();
      }
    }
    return Optional.of(() -> work.decode(turns));
  }

  /// Says on chain what the chain waits for, and brings receipts there.
  private void speak() {
    word()
        .flatMap(call -> words.due(call, now))
        .ifPresent(call -> effects.add(new HostEffect.Submit(call)));
    SignedWorkCall signed = newest;
    if (signed != null && isWorth(signed)) {
      receipts.due(signed.call(), now).ifPresent(call -> effects.add(new HostEffect.Relay(signed)));
    }
  }

  private Optional<ServeCall> word() {
    if (life != Life.SERVING || !seat.active()) {
      return Optional.empty();
    }
    if (seat.called().isPresent()) {
      return Optional.of(new HostReady(seat.slot(), seat.attempt(), seat.called().getAsInt()));
    }
    return seat.ready()
        ? Optional.empty()
        : Optional.of(new HostReady(seat.slot(), seat.attempt(), 0));
  }

  private boolean isWorth(SignedWorkCall signed) {
    if (!(signed.call() instanceof ServeReceipt receipt)
        || receipt.tokens() <= seat.money().served().tokens()) {
      return false;
    }
    HostSeat.Money money = seat.money();
    long due = money.due(receipt.tokens());
    boolean much =
        due >= WORTH_TIMES * money.least() || due >= money.credit() / 2 || quiet.reachedAt(now);
    return !seat.active() || (much && due >= money.least());
  }
}
