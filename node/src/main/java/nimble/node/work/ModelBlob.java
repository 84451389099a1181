package nimble.node.work;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.codec.ByteSource;
import nimble.codec.Malformed;
import nimble.ledger.StateView;
import nimble.training.HeldStage;
import nimble.training.Job;
import nimble.training.Jobs;
import nimble.training.Origin;
import nimble.training.ServedModel;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.BaseModel;
import nimble.vm.hf.Tokens;
import nimble.vm.text.TextForm;

/// One blob of a model, and what it says of others.
record ModelBlob(Hash manifest, Kind kind) {
  /// What a blob is.
  enum Kind {
    /// A [BaseModel].
    BASE(BaseModel.BYTES_MAX),
    /// A [TextForm].
    TEXT(TextForm.BYTES_MAX),
    /// Numbers of a base.
    PART(BaseModel.PART_BYTES),
    /// A tokenizer, or another small file.
    FILE(Tokens.FILE_BYTES_MAX),
    /// What jobs read and make: data, and stages as they left them.
    NUMBERS(Blobs.BYTES_MAX);

    private final long bytesMax;

    Kind(long bytesMax) {
      this.bytesMax = bytesMax;
    }

    /// Who names a larger one names none (W7).
    long bytesMax() {
      return bytesMax;
    }

    boolean namesOthers() {
      return this == BASE || this == TEXT;
    }
  }

  static ModelBlob numbers(Hash manifest) {
    return new ModelBlob(manifest, Kind.NUMBERS);
  }

  private static Stream<ModelBlob> all(Collection<Hash> manifests, Kind kind) {
    return manifests.stream().map(it -> new ModelBlob(it, kind));
  }

  static ModelBlob base(BaseSpec base) {
    return new ModelBlob(base.manifest(), Kind.BASE);
  }

  /// All of a published model.
  ///
  /// @param text how it reads and writes text, where somebody said so
  static List<ModelBlob> of(StateView state, Origin origin, Optional<Hash> text) {
    List<ModelBlob> all =
        new ArrayList<>(
            switch (origin) {
              case Origin.Trained(JobId job) -> made(state, job);
              case Origin.Brought _ ->
                  ServedModel.of(state, origin).reads().map(ModelBlob::base).stream().toList();
            });
    text.ifPresent(it -> all.add(new ModelBlob(it, Kind.TEXT)));
    return all;
  }

  /// All that a job made: its newest checkpoints, and what they are on.
  static List<ModelBlob> made(StateView state, JobId trained) {
    List<ModelBlob> all = new ArrayList<>();
    for (HeldStage stage : Jobs.load(state, trained).map(Job::stages).orElse(List.of())) {
      stage.checkpoint().ifPresent(it -> all.add(numbers(it.manifest())));
    }
    Jobs.spec(state, trained).flatMap(JobSpec::adapted).ifPresent(it -> all.add(base(it)));
    return all;
  }

  /// What belongs to it.
  ///
  /// @param data of it; read only where it names others
  List<ModelBlob> named(ByteSource data) throws Malformed {
    return switch (kind) {
      case BASE -> {
        BaseModel base = BaseModel.decode(data.whole());
        yield Stream.concat(all(base.files().values(), Kind.FILE), all(base.parts(), Kind.PART))
            .toList();
      }
      case TEXT -> List.of(new ModelBlob(TextForm.decode(data.whole()).tokenizer(), Kind.FILE));
      case PART, FILE, NUMBERS -> List.of();
    };
  }
}
