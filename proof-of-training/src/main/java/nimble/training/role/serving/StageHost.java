package nimble.training.role.serving;

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
import nimble.chain.ServePromise;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.training.role.Calls;
import nimble.training.role.DecodeTensor;
import nimble.training.role.HostEffect;
import nimble.training.role.Lane;
import nimble.training.role.Outcome;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.Span;
import nimble.vm.StageProgram;
import org.jspecify.annotations.Nullable;

/// One hosted seat's life, from the placement to its end.
final class StageHost {
  private static final long RETRY_MILLIS = 1_000;
  static final int WAITING_MAX = 256;

  /// Tokens served without a receipt; more wait for one.
  private static final long UNPAID_MAX = 64 * 1024;

  /// A receipt goes to the chain at so many times its least worth, or when no promise came for
  /// long.
  private static final long WORTH_TIMES = 16;

  private static final Span QUIET = new Span(5_000, 5);

  private enum Life {
    /// The weights are to be had.
    FETCHING,
    LOADING,
    /// Its class is measured.
    PROBING,
    SERVING,
    CLOSING,
    CLOSED,
    /// Given up: the seat goes to somebody else.
    FAILED
  }

  private final HostWork work;
  private final Lane lane;
  private final WeightsFetch weights;
  private final Calls words = new Calls();
  private final Calls receipts = new Calls();
  private final Deque<Decoder.Turn> waiting = new ArrayDeque<>();
  private final Deque<Decoder.Turn> replays = new ArrayDeque<>();
  private final List<HostEffect> effects = new ArrayList<>();
  private final RowBook book;
  private HostSeat seat;
  private Moment now;
  private Life life = Life.FETCHING;
  private boolean timing;
  private @Nullable Hash numericClass;
  private @Nullable DecodeTensor asked;
  private Moment quiet = new Moment(0, 0);
  private long unpaid;

  StageHost(HostSeat seat, Moment now, HostWork work) {
    this.seat = seat;
    this.now = now;
    this.work = work;
    lane = new Lane(seat.slot());
    weights = new WeightsFetch(seat.stage(), work.base());
    book =
        new RowBook(
            seat.slot(),
            seat.attempt(),
            seat.stage().spec().takesTokens(),
            seat.money().served().claimed());
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
    book.write(effects);
  }

  /// Groups of the shelf that it fills.
  List<String> groups() {
    return book.groups();
  }

  void fetched(Hash manifest, ByteSource data) {
    if (life == Life.FETCHING) {
      weights.fetched(manifest, data);
    }
  }

  /// One timer for all that did not come.
  void fetchFailed(Hash manifest) {
    if (life == Life.FETCHING && weights.awaits(manifest) && !timing) {
      timing = true;
      effects.add(new HostEffect.StartTimer(seat.slot(), RETRY_MILLIS));
    }
  }

  void retry() {
    timing = false;
    if (life == Life.FETCHING) {
      weights.again();
    }
  }

  /// From who may send it.
  void received(DecodeTensor tensor, Bytes payload) {
    if (tensor.kind() == DecodeTensor.Kind.PROMISE) {
      effects.add(new HostEffect.CheckPromise(seat.slot(), seat.gateway(), tensor, payload));
      return;
    }
    boolean releases = tensor.kind() == DecodeTensor.Kind.RELEASE;
    Optional<String> reason = releases && life == Life.SERVING ? busy() : refusal();
    Deque<Decoder.Turn> queue = tensor.kind() == DecodeTensor.Kind.REPLAY ? replays : waiting;
    if (reason.isPresent()) {
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
    boolean owed =
        unpaid > UNPAID_MAX || seat.money().due(book.promised() + unpaid) > seat.money().credit();
    return busy().or(() -> owed ? Optional.of("receipts are owed") : Optional.empty());
  }

  private Optional<String> busy() {
    return waiting.size() + replays.size() >= WAITING_MAX ? Optional.of("busy") : Optional.empty();
  }

  void promised(DecodeTensor name, SignedPromise signed) {
    if (signed.promise().slot().equals(seat.slot())) {
      asked = name;
      if (book.hasTaken(signed.promise())) {
        take(signed.promise());
      } else {
        book.promised(signed, effects);
      }
    }
  }

  /// A row's evidence is on the shelf: its promise counts.
  void kept(Hash manifest, boolean kept) {
    book.kept(manifest, kept)
        .ifPresent(promise -> {
          unpaid = Math.max(0, unpaid - (promise.tokens() - promise.from()));
          quiet = QUIET.after(now);
          take(promise);
        });
  }

  private void take(ServePromise promise) {
    DecodeTensor name = asked;
    if (name != null) {
      Bytes taken = Writer.encode(writer -> writer.u8(seat.slot().stage()).i64(promise.tokens()));
      effects.add(new SendTensor(name.gateway(), name.as(DecodeTensor.Kind.PROMISED), taken));
    }
  }

  void written(boolean kept) {
    book.written(kept);
  }

  void computed(long task, Outcome outcome) {
    if (!lane.finished(task)) {
      return;
    }
    switch (outcome) {
      case Outcome.Ready _ -> life = Life.PROBING;
      case Outcome.Probed(Hash measured) -> {
        numericClass = measured;
        life = Life.SERVING;
        effects.add(new HostEffect.Report(seat.slot(), HostEffect.Word.SERVES, ""));
      }
      case Outcome.OfBase came -> {
        String problem = weights.computed(came);
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
    return seat.last() ? 1 : output.size() / Float.BYTES / (seat.stage().spec().outWidth() + 1);
  }

  private void replayed(Outcome.Replayed replayed) {
    DecodeTensor tensor = replayed.tensor();
    book.replayed(replayed);
    Bytes said = Writer.encode(writer -> replayed.replay().write(writer.u8(seat.slot().stage())));
    effects.add(new SendTensor(tensor.gateway(), tensor.as(DecodeTensor.Kind.REPLAYED), said));
    if (!seat.last()) {
      pass(
          tensor,
          Writer.encode(writer -> {
            replayed.row().write(writer);
            writer.raw(replayed.output());
          }));
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
      weights.requests().forEach(manifest -> effects.add(new HostEffect.FetchData(manifest)));
      life = weights.isWhole() ? Life.LOADING : life;
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
        Optional<ByteSource> checkpoint = weights.take();
        yield Optional.of(() -> work.load(checkpoint));
      }
      case PROBING -> Optional.of(work::probe);
      case SERVING -> serve();
      case CLOSING -> Optional.of(work::close);
      case FETCHING -> weights.next();
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
    if (isWorth()) {
      book.bring(effects);
    }
    book.receipt(seat.money().served())
        .flatMap(call -> receipts.due(call, now))
        .ifPresent(call -> effects.add(new HostEffect.Submit(call)));
  }

  private Optional<ServeCall> word() {
    Hash shown = numericClass;
    if (life != Life.SERVING || !seat.active() || shown == null) {
      return Optional.empty();
    }
    if (seat.called().isPresent()) {
      int turn = seat.called().getAsInt();
      return Optional.of(new HostReady(seat.slot(), seat.attempt(), turn, shown));
    }
    return seat.ready()
        ? Optional.empty()
        : Optional.of(new HostReady(seat.slot(), seat.attempt(), 0, shown));
  }

  private boolean isWorth() {
    if (book.rows() == 0) {
      return false;
    }
    HostSeat.Money money = seat.money();
    long due = money.due(book.promised());
    boolean much =
        due >= WORTH_TIMES * money.least()
            || due >= money.credit() / 2
            || book.rows() >= RowList.ROWS_MAX / 2
            || quiet.reachedAt(now);
    return !seat.active() || (much && due >= money.least());
  }
}
