package nimble.training.spec;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import nimble.chain.Device;
import nimble.chain.JobCall.JobSubmit;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.types.Hash;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;

/// A training order: all that `job.yaml` holds (J1).
///
/// @param base weights to begin with; with adapters, what they are on
/// @param start the checkpoint to go on from; the training's steps count those behind it
/// @param device that every stage must run on; empty when any will do
/// @param anyClass miners may be of a numeric class that is not served, and auditors of another
public record JobSpec(
    String name,
    String theme,
    ModelSpec model,
    Optional<BaseSpec> base,
    Optional<StartSpec> start,
    DataSpec data,
    TrainingSpec training,
    Cuts cuts,
    Optional<Device> device,
    boolean anyClass,
    MoneySpec money) {
  public static final int NAME_MAX = 64;
  public static final int THEME_MAX = 64;

  /// Of a stage over the whole job: leaves room for sums over stages.
  public static final long OPERATIONS_MAX = 1L << 56;

  private static final int VERSION = 1;

  public JobSpec {
    Problems.none(problems(name, theme, model, base, start, data, training, cuts));
  }

  /// From weights that the seed gives, on machines of classes that are served.
  public JobSpec(
      String name,
      String theme,
      ModelSpec model,
      DataSpec data,
      TrainingSpec training,
      Cuts cuts,
      Optional<Device> device,
      MoneySpec money) {
    this(
        name,
        theme,
        model,
        Optional.empty(),
        Optional.empty(),
        data,
        training,
        cuts,
        device,
        false,
        money);
  }

  /// This job on machines of any class.
  public JobSpec withAnyClass() {
    return new JobSpec(name, theme, model, base, start, data, training, cuts, device, true, money);
  }

  /// This job, going on from a checkpoint of another.
  public JobSpec from(StartSpec checkpoint) {
    return new JobSpec(
        name,
        theme,
        model,
        base,
        Optional.of(checkpoint),
        data,
        training,
        cuts,
        device,
        anyClass,
        money);
  }

  /// What is wrong with the parts together; each part has been checked by itself.
  public static List<Problem> problems(
      String name,
      String theme,
      ModelSpec model,
      Optional<BaseSpec> base,
      Optional<StartSpec> start,
      DataSpec data,
      TrainingSpec training,
      Cuts cuts) {
    Problems problems = new Problems();
    problems.that(
        base.isPresent() || model.lora().isEmpty(),
        "base",
        "absent",
        "given where adapters are trained");
    start.ifPresent(at ->
        problems.that(
            training.steps() > at.steps(),
            "training.steps",
            training.steps(),
            "above the %d that are behind %s".formatted(at.steps(), at)));
    text(problems, "name", name, 1, NAME_MAX);
    text(problems, "theme", theme, 0, THEME_MAX);
    problems.addAll(data.problems(model));
    List<Problem> wrongCuts = cuts.problems(model, training.rows());
    problems.addAll(wrongCuts);
    if (wrongCuts.isEmpty()) {
      checkWork(problems, model, base, training, cuts);
    }
    return problems.list();
  }

  private static void text(Problems problems, String field, String value, int min, int max) {
    int size = value.getBytes(StandardCharsets.UTF_8).length;
    boolean printable = value.codePoints().noneMatch(Character::isISOControl);
    problems.that(
        size >= min && size <= max && printable,
        field,
        size > max ? "%d bytes".formatted(size) : "'%s'".formatted(value),
        "%d to %d bytes of printable text".formatted(min, max));
  }

  private static void checkWork(
      Problems problems,
      ModelSpec model,
      Optional<BaseSpec> base,
      TrainingSpec training,
      Cuts cuts) {
    List<StageNeed> needs;
    try {
      needs = StageNeed.of(model, base, training, cuts);
    } catch (ArithmeticException e) {
      problems.that(false, "model", "beyond what can be counted", "smaller");
      return;
    }
    for (StageNeed need : needs) {
      long most = OPERATIONS_MAX / Math.max(1, need.stepOperationsMost());
      problems.that(
          training.steps() <= most,
          "training.steps",
          Integer.toString(training.steps()),
          "at most %d for stage %d of this model".formatted(most, need.stage()));
    }
  }

  /// What its checkpoints hold adapters of; empty when they hold the model, whatever it began with.
  public Optional<BaseSpec> adapted() {
    return model.lora().isPresent() ? base : Optional.empty();
  }

  /// What the spec's own size adds to [#problems].
  public List<Problem> sizeProblems() {
    int size = encode().size();
    Problems problems = new Problems();
    problems.that(
        size <= JobSubmit.SPEC_MAX,
        "model",
        "%d bytes as a job spec".formatted(size),
        "at most %d bytes".formatted(JobSubmit.SPEC_MAX));
    return problems.list();
  }

  /// Steps behind its beginning.
  public int firstStep() {
    return start.map(StartSpec::steps).orElse(0);
  }

  /// Steps that are to be done.
  public int steps() {
    return training.steps() - firstStep();
  }

  public int stages() {
    return cuts.stages();
  }

  public List<StageSpec> stageSpecs() {
    return cuts.of(model, training.rows());
  }

  public Hash hash() {
    return Hashing.of("job-spec", encode());
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    writer.u8(VERSION).string(name, NAME_MAX).string(theme, THEME_MAX);
    model.write(writer);
    writer.optional(base, BaseSpec::write).optional(start, StartSpec::write);
    data.write(writer);
    training.write(writer);
    cuts.write(writer);
    writer.optional(device, (kind, to) -> to.u8(kind.tag()));
    writer.bool(anyClass);
    money.write(writer);
  }

  public static JobSpec decode(Bytes bytes) throws Malformed {
    if (bytes.size() > JobSubmit.SPEC_MAX) {
      throw new Malformed("job spec of %d bytes".formatted(bytes.size()));
    }
    return Reader.decode(bytes, JobSpec::read);
  }

  public static JobSpec read(Reader reader) throws Malformed {
    reader.version(VERSION);
    String name = reader.string(NAME_MAX);
    String theme = reader.string(THEME_MAX);
    ModelSpec model = ModelSpec.read(reader);
    Optional<BaseSpec> base = reader.optional(BaseSpec::read);
    Optional<StartSpec> start = reader.optional(StartSpec::read);
    DataSpec data = DataSpec.read(reader);
    TrainingSpec training = TrainingSpec.read(reader);
    Cuts cuts = Cuts.read(reader);
    Optional<Device> device = reader.optional(from -> Device.of(from.u8()));
    boolean anyClass = reader.bool();
    MoneySpec money = MoneySpec.read(reader);
    Problems.refuse(problems(name, theme, model, base, start, data, training, cuts));
    return new JobSpec(
        name, theme, model, base, start, data, training, cuts, device, anyClass, money);
  }
}
