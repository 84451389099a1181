package nimble.training.role;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.ServedStage;
import nimble.training.role.evidence.Plan;
import nimble.training.spec.BaseSpec;
import nimble.types.Hash;
import nimble.vm.BaseModel;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import org.jspecify.annotations.Nullable;

/// A stage's part of the job's base as it comes here, blob by blob (R25). Its methods are called
/// one at a time, the heavy ones inside tasks; when it is whole programs may share it.
public final class BaseWork {
  private final StageSpec spec;
  private final Optional<BaseSpec> wanted;
  private @Nullable StageBase part;

  public BaseWork(Plan plan, int stage) {
    this(plan.stages().get(stage), plan.base());
  }

  /// Of a deployment: its stage and what that is on.
  public BaseWork(ServedStage stage) {
    this(stage.spec(), stage.base());
  }

  private BaseWork(StageSpec stage, Optional<BaseSpec> base) {
    spec = stage;
    wanted = base;
  }

  /// Takes the base's description, and room for the stage's part. What is larger than a description
  /// may be is not read.
  Outcome.BaseBegun begin(ByteSource encoded) {
    drop();
    try {
      BaseModel base = BaseModel.decode(atMost(BaseModel.BYTES_MAX, encoded));
      if (!base.fits(spec.model()) || base.storage() != wanted.orElseThrow().storage()) {
        return new Outcome.BaseBegun(List.of(), "the base is not one of this model");
      }
      part = StageBase.of(spec, base.storage());
      return new Outcome.BaseBegun(base.parts(spec), "");
    } catch (Malformed e) {
      return new Outcome.BaseBegun(List.<Hash>of(), e.reason());
    }
  }

  /// The next of the blobs that [#begin] named.
  Outcome.BaseTaken take(ByteSource blob) {
    StageBase present = part;
    Invariant.check(present != null, "nothing has begun");
    try {
      if (present != null) {
        present.take(atMost(BaseModel.PART_BYTES, blob));
      }
      return new Outcome.BaseTaken("");
    } catch (Malformed e) {
      drop();
      return new Outcome.BaseTaken(e.reason());
    }
  }

  private static Bytes atMost(int bytes, ByteSource blob) throws Malformed {
    if (blob.length() > bytes) {
      throw new Malformed("%d bytes, at most %d are read".formatted(blob.length(), bytes));
    }
    return blob.whole();
  }

  /// All at once, where blobs are at hand.
  ///
  /// @throws Malformed when it is no base of the model
  public void gather(Function<Hash, Bytes> blobs) throws Malformed {
    if (wanted.isEmpty()) {
      return;
    }
    Outcome.BaseBegun begun = begin(blobs.apply(wanted.get().manifest()));
    String problem = begun.problem();
    for (Hash id : begun.parts()) {
      problem = problem.isEmpty() ? take(blobs.apply(id)).problem() : problem;
    }
    if (!problem.isEmpty()) {
      throw new Malformed(problem);
    }
  }

  /// For programs, once it is whole.
  public StageBase part() {
    StageBase present = part;
    boolean whole = wanted.isEmpty() || (present != null && present.isComplete());
    Invariant.check(whole, "the base is not here yet");
    return present == null ? StageBase.NONE : present;
  }

  /// Gives its memory back, after all programs that were given it.
  public void drop() {
    StageBase present = part;
    if (present != null) {
      present.close();
      part = null;
    }
  }
}
