package nimble.node.work;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.ledger.StateView;
import nimble.training.Deployment;
import nimble.training.HeldStage;
import nimble.training.JobSpec;
import nimble.training.Jobs;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.BaseModel;
import nimble.vm.text.TextForm;

/// Brings to a gateway all of the models that it uses, one blob at a time: whoever takes a seat
/// finds them here, whatever becomes of those who trained them (R29). One owner.
final class KeptModels {
  /// What a blob is.
  enum Kind {
    /// It names others, which are kept too.
    BASE,
    TEXT,
    NUMBERS
  }

  /// One blob of a model.
  record Part(Hash manifest, Kind kind) {}

  private final Consumer<Part> fetch;
  private final SortedSet<JobId> deployments = new TreeSet<>();
  private final SortedSet<Hash> known = new TreeSet<>();
  private final Deque<Part> waiting = new ArrayDeque<>();
  private boolean busy;

  /// @param fetch is answered with [#fetched] or [#missed]
  KeptModels(Consumer<Part> fetch) {
    this.fetch = fetch;
  }

  /// All that hosts and this node need of a deployed model.
  void keep(StateView state, Deployment deployment) {
    if (deployments.add(deployment.id())) {
      JobId id = deployment.order().trained();
      for (HeldStage stage : Jobs.load(state, id).orElseThrow().stages()) {
        stage.checkpoint().ifPresent(it -> want(it.manifest(), Kind.NUMBERS));
      }
      deployment.order().text().ifPresent(text -> want(text, Kind.TEXT));
      Jobs.spec(state, id)
          .flatMap(JobSpec::adapted)
          .ifPresent(base -> want(base.manifest(), Kind.BASE));
    }
    next();
  }

  private void want(Hash manifest, Kind kind) {
    if (known.add(manifest)) {
      waiting.addLast(new Part(manifest, kind));
    }
  }

  void fetched(Part part, Bytes data) {
    busy = false;
    try {
      switch (part.kind()) {
        case BASE -> {
          BaseModel base = BaseModel.decode(data);
          base.files().values().forEach(file -> want(file, Kind.NUMBERS));
          base.parts().forEach(each -> want(each, Kind.NUMBERS));
        }
        case TEXT -> want(TextForm.decode(data).tokenizer(), Kind.NUMBERS);
        case NUMBERS -> {
          // It is here, and that is all.
        }
      }
    } catch (Malformed e) {
      // Nobody can use it: those who try to say so.
    }
    next();
  }

  /// The next block asks again.
  void missed(Part part) {
    busy = false;
    waiting.addLast(part);
  }

  private void next() {
    Optional<Part> part = busy ? Optional.empty() : Optional.ofNullable(waiting.pollFirst());
    busy = busy || part.isPresent();
    part.ifPresent(fetch);
  }
}
