package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor.Kind;
import nimble.types.PublicKey;
import nimble.vm.LittleEndian;

/// One request on its way through the stages. A row holds as many positions as the model's context;
/// when it is full a new one begins with the last half, so that text can grow without end (R11).
final class Generation {
  private final PublicKey self;
  private final GatewayInput.InferRequested request;
  private final List<Integer> text = new ArrayList<>();
  private int made;
  private int rowStart;
  private int rowEnd;
  private int retries;

  Generation(PublicKey self, GatewayInput.InferRequested request) {
    this.self = self;
    this.request = request;
    for (int i = 0; i < request.prompt().size(); i++) {
      text.add(request.prompt().at(i) & 0xff);
    }
  }

  /// The token that is being made.
  int turn() {
    return made;
  }

  boolean complete() {
    return made == request.tokens();
  }

  int retries() {
    return retries;
  }

  PublicKey holder(int stage) {
    return request.model().stages().get(stage);
  }

  PublicKey lastHolder() {
    return request.model().stages().getLast();
  }

  boolean isHolder(PublicKey key) {
    return request.model().stages().contains(key);
  }

  boolean isFor(DecodeTensor name) {
    return name.gateway().equals(self)
        && name.job().equals(request.model().job())
        && name.turn() == made;
  }

  void chosen(int id) {
    text.add(id);
    made++;
    retries = 0;
  }

  /// What the first stage does not have yet; a fresh row when it would not fit.
  SendTensor ask() {
    int context = request.model().context();
    boolean fresh = rowEnd == 0 || text.size() - rowStart > context;
    if (fresh) {
      rowStart =
          text.size() - rowStart > context ? text.size() - Math.max(1, context / 2) : rowStart;
      rowEnd = rowStart;
    }
    return send(fresh);
  }

  /// The same row again from its beginning, where a stage lost it.
  SendTensor askAgain() {
    retries++;
    rowEnd = rowStart;
    return send(true);
  }

  SendTensor release() {
    return new SendTensor(holder(0), name(Kind.RELEASE, false), Bytes.EMPTY);
  }

  private SendTensor send(boolean fresh) {
    int[] ids = text.subList(rowEnd, text.size()).stream().mapToInt(Integer::intValue).toArray();
    rowEnd = text.size();
    return new SendTensor(holder(0), name(Kind.TOKENS, fresh), LittleEndian.ofInts(ids));
  }

  private DecodeTensor name(Kind kind, boolean fresh) {
    return new DecodeTensor(
        request.model().job(), self, request.request(), made, fresh, kind, request.sampling());
  }
}
