package nimble.training.role.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor;
import nimble.training.role.DecodeTensor.Kind;
import nimble.training.role.SendTensor;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.generation.Row;
import nimble.vm.tensor.LittleEndian;
import org.jspecify.annotations.Nullable;

/// One request on its way through the stages of a replica. A row holds as many positions as the
/// model's context; when it is full a new one begins with the last half, so that text can grow
/// without end (R11). The tokens so far stay here: whatever becomes of a replica, the row is begun
/// anew elsewhere (R27).
final class Generation {
  private final PublicKey self;
  private final GatewayInput.InferRequested request;
  private final List<Integer> text = new ArrayList<>();
  private GatewayInput.@Nullable Replica replica;
  private int made;
  private int rowStart;
  private int rowEnd;
  private int chosen;
  private int retries;
  private int misses;
  private long fed;
  private boolean ended;

  Generation(PublicKey self, GatewayInput.InferRequested request) {
    this.self = self;
    this.request = request;
    text.addAll(request.prompt());
  }

  long number() {
    return request.request();
  }

  JobId job() {
    return request.model().job();
  }

  boolean deployed() {
    return request.model().deployed();
  }

  /// The token that is being made.
  int turn() {
    return made;
  }

  boolean complete() {
    return ended || made == request.tokens();
  }

  int retries() {
    return retries;
  }

  /// How often nothing moved.
  int misses() {
    return misses;
  }

  Optional<GatewayInput.Replica> replica() {
    return Optional.ofNullable(replica);
  }

  boolean isOn(int number) {
    return replica().filter(it -> it.number() == number).isPresent();
  }

  boolean comesFromLast(PublicKey key) {
    return replica().filter(it -> it.stages().getLast().equals(key)).isPresent();
  }

  boolean comesFromHost(PublicKey key) {
    return replica().filter(it -> it.stages().contains(key)).isPresent();
  }

  boolean isFor(DecodeTensor name) {
    return name.gateway().equals(self)
        && name.job().equals(job())
        && isOn(name.replica())
        && name.turn() == made;
  }

  /// What comes after the last token is one that the model has.
  boolean mayBe(int id) {
    return request.model().knows(id);
  }

  void chosen(int id) {
    text.add(id);
    made++;
    retries = 0;
    misses = 0;
    ended = request.ends().contains(id);
  }

  /// Goes on there, with a row of its own.
  SendTensor begin(GatewayInput.Replica other) {
    replica = other;
    fed = 0;
    rowEnd = 0;
    return ask();
  }

  /// Nobody is there to go on with.
  void pause() {
    replica = null;
  }

  void missed() {
    misses++;
  }

  /// What the first stage does not have yet; a fresh row when it would not fit.
  SendTensor ask() {
    boolean slides = text.size() - rowStart > request.model().context();
    if (rowEnd > 0 && !slides) {
      return send(false);
    }
    rowStart = slides ? text.size() - Math.max(1, request.model().context() / 2) : rowStart;
    rowEnd = rowStart;
    chosen = text.size() - rowStart;
    return send(true);
  }

  /// The next position would not fit: the row is over.
  boolean isFull() {
    return rowEnd > 0 && text.size() - rowStart > request.model().context();
  }

  /// The same row again from its beginning, where a stage lost it.
  SendTensor askAgain() {
    retries++;
    rowEnd = rowStart;
    return send(true);
  }

  Optional<SendTensor> release() {
    return replica()
        .map(it -> new SendTensor(it.stages().getFirst(), name(Kind.RELEASE, false), Bytes.EMPTY));
  }

  /// What the present stages did since the row began; empty when nothing.
  Optional<Closing> close() {
    int positions = rowEnd - rowStart;
    if (!deployed() || replica == null || positions < 1 || fed == 0) {
      return Optional.empty();
    }
    int known = Math.min(text.size(), rowEnd + 1);
    Row row =
        new Row(
            request.sampling(),
            chosen,
            rowStart + chosen - request.prompt().size(),
            positions,
            List.copyOf(text.subList(rowStart, known)));
    Closing closing = new Closing(name(Kind.REPLAY, false), replica, row, fed);
    fed = 0;
    return Optional.of(closing);
  }

  private SendTensor send(boolean fresh) {
    int[] ids = ids(rowEnd, text.size());
    rowEnd = text.size();
    fed += ids.length;
    return new SendTensor(first(), name(Kind.TOKENS, fresh), LittleEndian.ofInts(ids));
  }

  private PublicKey first() {
    return replica().orElseThrow().stages().getFirst();
  }

  private int[] ids(int from, int end) {
    return text.subList(from, end).stream().mapToInt(Integer::intValue).toArray();
  }

  private DecodeTensor name(Kind kind, boolean fresh) {
    return new DecodeTensor(
        job(),
        self,
        number(),
        replica().orElseThrow().number(),
        made,
        fresh,
        kind,
        request.sampling());
  }
}
