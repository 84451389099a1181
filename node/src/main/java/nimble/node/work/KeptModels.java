package nimble.node.work;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.ledger.StateView;
import nimble.training.Deployment;
import nimble.types.Hash;
import nimble.types.JobId;

/// Brings to a gateway all of the models that it uses, one blob at a time: whoever takes a seat
/// finds them here, whatever becomes of those who trained them (R29). One owner.
final class KeptModels {
  private final Consumer<ModelBlob> fetch;
  private final SortedSet<JobId> deployments = new TreeSet<>();
  private final SortedSet<Hash> known = new TreeSet<>();
  private final Deque<ModelBlob> waiting = new ArrayDeque<>();
  private boolean busy;

  /// @param fetch is answered with [#fetched] or [#missed]
  KeptModels(Consumer<ModelBlob> fetch) {
    this.fetch = fetch;
  }

  /// All that hosts and this node need of a deployed model.
  void keep(StateView state, Deployment deployment) {
    if (deployments.add(deployment.id())) {
      want(ModelBlob.of(state, deployment.order().origin(), deployment.order().text()));
    }
    next();
  }

  private void want(List<ModelBlob> blobs) {
    blobs.stream().filter(blob -> known.add(blob.manifest())).forEach(waiting::addLast);
  }

  void fetched(ModelBlob part, Bytes data) {
    busy = false;
    try {
      want(part.named(data));
    } catch (Malformed e) {
      // Nobody can use it: those who try to say so.
    }
    next();
  }

  /// The next block asks again.
  void missed(ModelBlob part) {
    busy = false;
    waiting.addLast(part);
  }

  private void next() {
    Optional<ModelBlob> part = busy ? Optional.empty() : Optional.ofNullable(waiting.pollFirst());
    busy = busy || part.isPresent();
    part.ifPresent(fetch);
  }
}
