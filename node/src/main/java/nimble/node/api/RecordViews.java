package nimble.node.api;

import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;
import nimble.api.v1.Metadata;
import nimble.crypto.AddressForm;
import nimble.training.JobRecord;
import nimble.types.Hash;
import nimble.vm.Lora;
import nimble.vm.ModelSettings;
import nimble.vm.TrainingSpec;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;

/// The nine metadata fields of a job, in the API's words.
public final class RecordViews {
  private RecordViews() {}

  public static Metadata metadata(AddressForm addresses, JobRecord record) {
    return Metadata.newBuilder()
        .setDateTime(Instant.ofEpochMilli(record.dateTime()).toString())
        .addAllGpuUsed(
            record.gpuUsed().stream()
                .map(use ->
                    "%s %s, class %s"
                        .formatted(
                            use.device(),
                            use.deviceName(),
                            use.numericClass().map(Hash::toString).orElse("unknown")))
                .toList())
        .addAllGpuProvider(
            record.gpuProvider().stream()
                .map(it -> "%s %s".formatted(addresses.show(it.miner()), it.displayName()).strip())
                .toList())
        .setGpuPricePerHour(record.gpuPricePerHour())
        .setModelTrained(modelTrained(record.modelTrained()))
        .setModelParameters(modelParameters(record.modelParameters()))
        .setTheme(record.theme())
        .setTimeTraining(
            "%d seconds, %d blocks"
                .formatted(record.timeTraining().seconds(), record.timeTraining().blocks()))
        .setSenderAddress(addresses.show(record.senderAddress()))
        .build();
  }

  private static String modelTrained(JobRecord.ModelTrained model) {
    return "%s, spec %s, manifest %s"
        .formatted(
            model.name(), model.spec(), model.manifest().map(Hash::toString).orElse("none yet"));
  }

  private static String modelParameters(JobRecord.ModelParameters model) {
    TrainingSpec training = model.hyperparameters();
    return String.format(
        Locale.ROOT,
        "%d parameters, %s; steps %d, batch %d in %d, learning rate %s to %s (%s), warm-up %d, betas %s %s,"
            + " weight decay %s, clip %s, seed %d, gradients %s",
        model.parameters(),
        settings(model.settings()),
        training.steps(),
        training.batch(),
        training.microBatches(),
        training.rate().most(),
        training.rate().least(),
        training.rate().schedule().title(),
        training.rate().warmup(),
        training.optimizer().beta1(),
        training.optimizer().beta2(),
        training.optimizer().weightDecay(),
        training.optimizer().clip(),
        training.seed(),
        training.gradientCodec().name());
  }

  static String settings(ModelSettings model) {
    return "context %d, %s, dropout %s%s"
        .formatted(
            model.context(),
            model.precision().title(),
            model.dropout(),
            model.lora().map(RecordViews::lora).orElse(""));
  }

  /// By the names that people know; each means one target.
  private static String lora(Lora lora) {
    String targets =
        lora.targets().stream()
            .map(target -> target.names().getFirst())
            .collect(Collectors.joining(" "));
    return "; lora r %d, alpha %s, dropout %s, target modules %s, base in %s"
        .formatted(lora.rank(), lora.alpha(), lora.dropout(), targets, base(lora.base()));
  }

  private static String base(BaseForm base) {
    String storage = base.storage().name().toLowerCase(Locale.ROOT);
    return base.storage() == Storage.NF4
        ? "%s, blocks of %d%s".formatted(storage, base.block(), base.doubled() ? ", double" : "")
        : storage;
  }
}
