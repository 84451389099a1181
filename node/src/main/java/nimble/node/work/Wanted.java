package nimble.node.work;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.ledger.StateView;
import nimble.storage.BlobStore;
import nimble.storage.ChunkReferences;
import nimble.training.Deployment;
import nimble.training.Deployments;
import nimble.training.Job;
import nimble.training.Jobs;
import nimble.training.Model;
import nimble.training.Models;
import nimble.training.ResumePoint;
import nimble.training.ResumePoints;
import nimble.training.role.auditor.DutyBook;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.types.JobId;

/// Which chunks of a blob store the chain still speaks of (W6).
final class Wanted {
  static final long RESULTS_MILLIS = DutyBook.RESULTS_MILLIS;

  private final StateView state;
  private final long nowMillis;
  private final List<ModelBlob> blobs = new ArrayList<>();

  /// @param nowMillis block time
  Wanted(StateView state, long nowMillis) {
    this.state = state;
    this.nowMillis = nowMillis;
  }

  /// All of them that are here, and those of the blobs that they name.
  ChunkReferences in(BlobStore store) {
    jobs();
    for (long number = 1; number <= Models.count(state); number++) {
      Model model = Models.get(state, number).orElseThrow();
      blobs.addAll(ModelBlob.of(state, model.origin(), model.text()));
    }
    for (JobId id : Deployments.active(state)) {
      Deployment deployment = Deployments.load(state, id).orElseThrow();
      blobs.addAll(ModelBlob.of(state, deployment.order().origin(), deployment.order().text()));
    }
    ChunkReferences needed = new ChunkReferences();
    SortedSet<Hash> seen = new TreeSet<>();
    Deque<ModelBlob> waiting = new ArrayDeque<>(blobs);
    while (!waiting.isEmpty()) {
      ModelBlob blob = waiting.removeFirst();
      if (seen.add(blob.manifest())) {
        manifest(store, blob.manifest())
            .ifPresent(manifest -> {
              needed.retain(manifest);
              waiting.addAll(named(store, blob, manifest));
            });
      }
    }
    return needed;
  }

  /// What was ordered and is not done, and what came of the rest not long ago.
  private void jobs() {
    for (long number = 1; number <= Jobs.count(state); number++) {
      JobId id = new JobId(number);
      Optional<Job> job = Jobs.load(state, id);
      if (job.isPresent() && (isOpen(job.get()) || isFresh(job.get()))) {
        made(job.get());
        JobSpec spec = Jobs.spec(state, id).orElseThrow();
        spec.base().map(ModelBlob::base).ifPresent(blobs::add);
        if (isOpen(job.get())) {
          blobs.add(ModelBlob.numbers(spec.data().manifest()));
          job.get().order().start().stream()
              .flatMap(start -> start.stages().stream())
              .forEach(part -> blobs.add(ModelBlob.numbers(part.manifest())));
        }
      }
    }
  }

  private static boolean isOpen(Job job) {
    return switch (job.state()) {
      case MATCHED, RUNNING, PAUSED, SETTLING -> true;
      case COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
    };
  }

  private boolean isFresh(Job job) {
    return nowMillis - job.status().since().timeMillis() < RESULTS_MILLIS;
  }

  private void made(Job job) {
    blobs.addAll(ModelBlob.made(state, job.id()));
    for (ResumePoint point : ResumePoints.of(state, job.id())) {
      for (ResumePoint.Part part : point.stages()) {
        part.manifest().map(ModelBlob::numbers).ifPresent(blobs::add);
      }
    }
  }

  private static Optional<Manifest> manifest(BlobStore store, Hash id) {
    return store
        .get(id)
        .flatMap(bytes -> {
          try {
            return Optional.of(Manifest.decode(bytes));
          } catch (Malformed e) {
            return Optional.empty();
          }
        });
  }

  /// Of what is here whole.
  private static List<ModelBlob> named(BlobStore store, ModelBlob blob, Manifest manifest) {
    if (!blob.kind().namesOthers() || manifest.size() > blob.kind().bytesMax()) {
      return List.of();
    }
    List<Bytes> chunks =
        manifest.chunks().stream().flatMap(chunk -> store.get(chunk).stream()).toList();
    try {
      return blob.named(Bytes.concat(chunks.toArray(Bytes[]::new)));
    } catch (Malformed e) {
      return List.of();
    }
  }
}
