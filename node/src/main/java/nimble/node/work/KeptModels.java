package nimble.node.work;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.codec.ByteSource;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.types.JobId;

/// Brings to a gateway all of the models that it serves, one blob at a time: whoever takes a seat
/// finds them here, whatever becomes of those who trained them (R29). What is said of a deployment
/// that is over is forgotten. One owner.
final class KeptModels {
  /// A blob that a deployment needs.
  record Part(JobId deployment, ModelBlob blob) {}

  private final Consumer<Part> fetch;
  private final SortedMap<JobId, SortedSet<Hash>> known = new TreeMap<>();
  private final Deque<Part> waiting = new ArrayDeque<>();
  private boolean busy;

  /// @param fetch is answered with [#fetched] or [#missed]
  KeptModels(Consumer<Part> fetch) {
    this.fetch = fetch;
  }

  /// All that hosts and this node need of these deployments, and of no others.
  void keep(SortedMap<JobId, List<ModelBlob>> deployments) {
    known.keySet().retainAll(deployments.keySet());
    waiting.removeIf(part -> !known.containsKey(part.deployment()));
    deployments.forEach((id, blobs) -> {
      if (!known.containsKey(id)) {
        known.put(id, new TreeSet<>());
        want(id, blobs);
      }
    });
    next();
  }

  private void want(JobId deployment, List<ModelBlob> blobs) {
    SortedSet<Hash> its = known.getOrDefault(deployment, new TreeSet<>());
    blobs.stream()
        .filter(blob -> its.add(blob.manifest()))
        .map(blob -> new Part(deployment, blob))
        .forEach(waiting::addLast);
  }

  void fetched(Part part, ByteSource data) {
    busy = false;
    if (known.containsKey(part.deployment())) {
      try {
        want(part.deployment(), part.blob().named(data));
      } catch (Malformed e) {
        // Nobody can use it: those who try to say so.
      }
    }
    next();
  }

  /// The next block asks again.
  void missed(Part part) {
    busy = false;
    if (known.containsKey(part.deployment())) {
      waiting.addLast(part);
    }
  }

  private void next() {
    Optional<Part> part = busy ? Optional.empty() : Optional.ofNullable(waiting.pollFirst());
    busy = busy || part.isPresent();
    part.ifPresent(fetch);
  }
}
