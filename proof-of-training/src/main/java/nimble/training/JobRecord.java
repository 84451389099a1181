package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import nimble.chain.Device;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.ledger.StateView;
import nimble.training.spec.JobSpec;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Math128;
import nimble.types.Moment;
import nimble.vm.Cuts;
import nimble.vm.ModelSettings;
import nimble.vm.TrainingSpec;

/// What the chain remembers of a job (J12): the nine metadata fields, then its sums.
///
/// @param dateTime block time of the request, milliseconds since 1970
/// @param gpuUsed per stage; of a job with many stages as many as fit [#SIZE_MAX]
/// @param gpuProvider of the same stages
/// @param gpuPricePerHour nim-units paid ÷ hours between first and last step, all stages together
/// @param senderAddress who ordered it
public record JobRecord(
    long dateTime,
    List<GpuUse> gpuUsed,
    List<Provider> gpuProvider,
    long gpuPricePerHour,
    ModelTrained modelTrained,
    ModelParameters modelParameters,
    String theme,
    TimeTraining timeTraining,
    Address senderAddress,
    Sums sums) {
  public static final int SIZE_MAX = 2_048;
  private static final int VERSION = 2;
  private static final long MILLIS_PER_HOUR = 3_600_000;
  private static final long MILLIS_PER_SECOND = 1_000;

  /// What the miner claimed, and what it measured for this very program.
  public record GpuUse(Device device, String deviceName, Optional<Hash> numericClass) {
    private void write(Writer writer) {
      writer.u8(device.tag()).string(deviceName, OfferPut.NAME_MAX);
      writer.optional(numericClass, Hash::write);
    }

    private static GpuUse read(Reader reader) throws Malformed {
      return new GpuUse(
          Device.of(reader.u8()), reader.string(OfferPut.NAME_MAX), reader.optional(Hash::read));
    }
  }

  public record Provider(Address miner, String displayName) {
    private void write(Writer writer) {
      miner.write(writer);
      writer.string(displayName, MinerRegister.NAME_MAX);
    }

    private static Provider read(Reader reader) throws Malformed {
      return new Provider(Address.read(reader), reader.string(MinerRegister.NAME_MAX));
    }
  }

  /// @param manifest Merkle root over the last checkpoints' manifests in the order of stages; empty
  ///   until all are recorded
  public record ModelTrained(String name, Hash spec, Optional<Hash> manifest) {}

  /// @param parameters of the model, adapters aside
  public record ModelParameters(
      TrainingSpec hyperparameters, ModelSettings settings, long parameters) {
    private void write(Writer writer) {
      hyperparameters.write(writer);
      settings.write(writer);
      writer.i64(parameters);
    }

    private static ModelParameters read(Reader reader) throws Malformed {
      return new ModelParameters(
          TrainingSpec.read(reader), ModelSettings.read(reader), reader.i64());
    }
  }

  /// From the first step to the last.
  public record TimeTraining(long seconds, long blocks) {}

  /// @param stages of the job, even where the lists above stop earlier
  /// @param rounds settled ones that the model is made of; what was done again counts once
  /// @param earned by all stages in settled rounds
  /// @param losses of the newest closed round; the validation loss of the newest validation
  public record Sums(
      JobState state,
      int stages,
      int rounds,
      Earned earned,
      OptionalInt firstLoss,
      Losses losses) {}

  static JobRecord of(StateView state, Job job) {
    JobSpec spec = Jobs.spec(state, job.id()).orElseThrow();
    JobRecord record = of(state, job, spec, job.stages().size());
    for (int listed = job.stages().size(); record.encode().size() > SIZE_MAX; ) {
      listed--;
      record = of(state, job, spec, listed);
    }
    return record;
  }

  private static JobRecord of(StateView state, Job job, JobSpec spec, int listed) {
    List<GpuUse> used = new ArrayList<>();
    List<Provider> providers = new ArrayList<>();
    for (int i = 0; i < listed; i++) {
      HeldStage stage = job.stages().get(i);
      used.add(
          new GpuUse(stage.terms().device(), stage.terms().deviceName(), stage.numericClass()));
      providers.add(new Provider(stage.miner(), Jobs.holder(state, job, i).displayName()));
    }
    Earned earned = job.earned();
    long millis = span(job, Moment::timeMillis);
    return new JobRecord(
        job.order().submitted().timeMillis(),
        used,
        providers,
        millis == 0 ? 0 : perHour(earned.gross(), millis),
        new ModelTrained(spec.name(), job.order().spec(), manifest(job)),
        new ModelParameters(spec.training(), spec.model().settings(), spec.model().parameters()),
        spec.theme(),
        new TimeTraining(millis / MILLIS_PER_SECOND, span(job, Moment::height)),
        job.order().sender(),
        new Sums(
            job.state(),
            job.stages().size(),
            Lineage.settledRounds(state, job),
            earned,
            job.progress().firstLoss(),
            job.progress().newest()));
  }

  /// Exact as long as it fits.
  private static long perHour(long amount, long millis) {
    try {
      return Math128.mulDiv(amount, MILLIS_PER_HOUR, millis);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  private static long span(Job job, ToLongFunction<Moment> part) {
    Optional<Moment> first = job.progress().started();
    Optional<Moment> last = job.progress().lastStep();
    return first.isPresent() && last.isPresent()
        ? part.applyAsLong(last.get()) - part.applyAsLong(first.get())
        : 0;
  }

  private static Optional<Hash> manifest(Job job) {
    if (!Settlement.allRecorded(job)) {
      return Optional.empty();
    }
    List<Bytes> manifests =
        job.stages().stream()
            .map(stage -> stage.checkpoint().orElseThrow().manifest().bytes())
            .toList();
    return Optional.of(Merkle.root(manifests));
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    writer.u8(VERSION).i64(dateTime);
    writer.list(gpuUsed, Cuts.STAGES_MAX, GpuUse::write);
    writer.list(gpuProvider, Cuts.STAGES_MAX, Provider::write);
    writer.i64(gpuPricePerHour).string(modelTrained.name(), JobSpec.NAME_MAX);
    modelTrained.spec().write(writer);
    writer.optional(modelTrained.manifest(), Hash::write);
    modelParameters.write(writer);
    writer.string(theme, JobSpec.THEME_MAX);
    writer.i64(timeTraining.seconds()).i64(timeTraining.blocks());
    senderAddress.write(writer);
    writer.u8(sums.state().tag()).u16(sums.stages()).u32(sums.rounds());
    sums.earned().write(writer);
    new Losses(sums.firstLoss(), OptionalInt.empty()).write(writer);
    sums.losses().write(writer);
  }

  public static JobRecord read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new JobRecord(
        reader.i64(),
        reader.list(Cuts.STAGES_MAX, GpuUse::read),
        reader.list(Cuts.STAGES_MAX, Provider::read),
        reader.i64(),
        new ModelTrained(
            reader.string(JobSpec.NAME_MAX), Hash.read(reader), reader.optional(Hash::read)),
        ModelParameters.read(reader),
        reader.string(JobSpec.THEME_MAX),
        new TimeTraining(reader.i64(), reader.i64()),
        Address.read(reader),
        new Sums(
            JobState.of(reader.u8()),
            reader.u16(),
            reader.length(Integer.MAX_VALUE),
            Earned.read(reader),
            Losses.read(reader).training(),
            Losses.read(reader)));
  }
}
