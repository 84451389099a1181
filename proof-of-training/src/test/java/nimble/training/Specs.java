package nimble.training;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.genesis.Parameters;
import nimble.ledger.Offer;
import nimble.training.matching.Candidate;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.BroughtModel;
import nimble.training.spec.DataSpec;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Span;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.Tolerance;
import nimble.vm.gradient.Bf16;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.Storage;

/// Small jobs and offers.
public final class Specs {
  public static final long HOUR = 3_600_000;
  public static final ModelSpec MODEL = new Gpt(256, 8, 1, 1, 8, false).spec();
  public static final Cuts THREE = new Cuts(List.of(1, 3));
  public static final Tolerance TOLERANCE =
      NumericClass.tolerance(Parameters.devnet().training(), MODEL);
  public static final Parameters PARAMETERS = patient(Parameters.devnet());

  private Specs() {}

  /// Nothing is audited, every second round has its checkpoint, and as jobs are short it is the
  /// parameter that says when a round is due.
  private static Parameters patient(Parameters p) {
    return p.with(
        p.training()
            .with(it -> {
              it.roundDue = new Span(30_000, 30);
              it.checkpointRounds = 2;
              it.auditorsPerStage = 0;
            }));
  }

  public static JobSpec spec(int steps, MoneySpec money) {
    return spec(steps, THREE, money);
  }

  /// In one stage.
  public static JobSpec single(int steps) {
    return spec(steps, new Cuts(List.of()), new MoneySpec(1_000_000_000, 1_000_000_000, 0, HOUR));
  }

  private static JobSpec spec(int steps, Cuts cuts, MoneySpec money) {
    return new JobSpec(
        "tiny",
        "tests",
        MODEL,
        new DataSpec(hash("data"), 1_000, 900),
        training(steps),
        cuts,
        Optional.empty(),
        money);
  }

  public static JobSpec spec(int steps) {
    return spec(steps, new MoneySpec(1_000_000_000, 1_000_000_000, 0, HOUR));
  }

  /// Weights that nobody has, in so many stages and one more.
  static BroughtModel brought(int cuts) {
    BaseSpec base = new BaseSpec(hash("weights"), Storage.FP32);
    return new BroughtModel(MODEL, base, new Cuts(List.of(1, 2, 3).subList(0, cuts)));
  }

  public static TrainingSpec training(int steps) {
    return new TrainingSpec(steps, 4, 2, Rate.cosine(1e-3f, 1e-4f, 0), AdamW.USUAL, 7, new Bf16());
  }

  public static Hash hash(String name) {
    return Hashing.of("test", Bytes.utf8(name));
  }

  public static Address address(long number) {
    return new Address(Hashing.of("test", Bytes.ofU64(number)).bytes().slice(0, Address.SIZE));
  }

  /// A miner that any of these jobs may have.
  public static Candidate candidate(long id, long pricePerHour) {
    return candidate(id, terms(1_000_000_000, pricePerHour));
  }

  public static Candidate candidate(long id, OfferPut terms) {
    return candidate(id, terms, 1L << 60);
  }

  public static OfferPut terms(long operationsPerSecond, long pricePerHour) {
    return new OfferPut(Device.CPU, "cpu", 1L << 40, operationsPerSecond, pricePerHour);
  }

  public static Candidate candidate(long id, OfferPut terms, long freeBond) {
    Offer offer = new Offer(id, address(id), 1, 0, terms);
    return new Candidate(offer, freeBond, 0, Optional.empty());
  }

  public static Bytes anyBytes(SplittableRandom random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  public static Hash anyHash(SplittableRandom random) {
    return new Hash(anyBytes(random, Hash.SIZE));
  }
}
