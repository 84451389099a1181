package nimble.training.role;

import java.util.List;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.training.role.evidence.Plan;
import nimble.training.spec.DataSpec;
import nimble.training.spec.Rounds;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.Tolerance;
import nimble.vm.gradient.Bf16;
import nimble.vm.template.Gpt;

/// A GPT so small that plain Java trains it at once, in three stages.
public final class Tiny {
  public static final JobId JOB = new JobId(7);
  public static final int CONTEXT = 8;
  public static final ModelSpec MODEL = new Gpt(256, CONTEXT, 2, 2, 8, true).spec();
  public static final Cuts CUTS = new Cuts(List.of(2, 4));
  public static final Bytes TEXT =
      Bytes.utf8("the quick brown fox jumps over the lazy dog. ".repeat(20));

  /// Tiny tensors cancel more than those of a model that is worth anything.
  public static final Tolerance TOLERANCE = new Tolerance(1e-3, 1e-3, 1e-3);

  static final Hash DATA = Hashing.of("data");

  private Tiny() {}

  public static Plan plan(int steps, int roundSteps) {
    TrainingSpec training =
        new TrainingSpec(steps, 8, 4, Rate.cosine(1e-2f, 1e-3f, 2), AdamW.USUAL, 42, new Bf16());
    return new Plan(
        CUTS.of(MODEL, training.rows()),
        training,
        new Rounds(steps, roundSteps),
        new DataSpec(DATA, TEXT.size(), 900),
        Hashing.of("beacon"));
  }

  public static PublicKey key(int node) {
    return new PublicKey(Hashing.of("key", Bytes.ofU64(node)).bytes());
  }

  public static Address address(int node) {
    return new Address(Hashing.of("account", Bytes.ofU64(node)).bytes().slice(0, Address.SIZE));
  }
}
