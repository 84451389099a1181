package nimble.node.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import nimble.api.v1.JobView;
import nimble.api.v1.Metadata;
import nimble.api.v1.ModelView;
import nimble.api.v1.Models;
import nimble.api.v1.StageView;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.Merkle;
import nimble.genesis.Genesis;
import nimble.light.ProofBundle;
import nimble.node.api.RecordViews;
import nimble.node.api.Wire;
import nimble.node.cli.chain.Proving;
import nimble.node.cli.chain.TrustOptions;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Progress;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.BlobTransfer;
import nimble.node.client.ClientFailure;
import nimble.node.client.LightClient;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.training.JobRecord;
import nimble.training.Jobs;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StartSpec;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.Layout;
import nimble.vm.StageSpec;

/// A completed job and what the chain proves of it: the record, and with it the spec and the
/// checkpoints.
///
/// @param stages blobs of the final checkpoints
record TrainedJob(
    long number,
    JobSpec spec,
    JobRecord record,
    List<Hash> stages,
    ProofBundle proof,
    TrustOptions.Known known) {
  private static final String DIGITS = "[0-9]{1,18}";

  /// @param subject a job's number, or the name of a model
  static TrainedJob of(NodeClient client, NodeOptions node, TrustOptions trust, String subject)
      throws Mistake, IOException, ClientFailure {
    Genesis told = node.genesis(client);
    long number = number(client, subject);
    JobView view = client.job(number);
    if (!view.getState().equals("COMPLETED")) {
      throw Mistake.of(
          "job %d is %s: its model can be fetched once it is COMPLETED", number, view.getState());
    }
    TrustOptions.Known known =
        trust.find(told.chain(), node.network()).orElseGet(() -> TrustOptions.Known.told(told));
    Proving proving = Proving.start(client, known);
    LightClient.Proven proven =
        proving.ask(light -> light.prove("record/" + number, Jobs.recordKey(new JobId(number))));
    ProofBundle bundle =
        proving.ask(light -> light.bundle(proven.finality(), List.of(proven.claim()), List.of()));
    try {
      Bytes value = proven.value().orElseThrow(() -> new Malformed("it has no record"));
      JobRecord record = Reader.decode(value, JobRecord::read);
      JobSpec spec = JobSpec.decode(Wire.from(view.getSpec()));
      return new TrainedJob(number, spec, record, stages(view, spec, record), bundle, known);
    } catch (Malformed e) {
      throw untrue(number, e.reason());
    }
  }

  /// Checks the node's words against the record.
  private static List<Hash> stages(JobView view, JobSpec spec, JobRecord record) throws Malformed {
    if (!spec.hash().equals(record.modelTrained().spec())) {
      throw new Malformed("its spec is not the one of its record");
    }
    List<Hash> stages = new ArrayList<>();
    for (StageView stage : view.getStagesList()) {
      stages.add(new Hash(Bytes.hex(stage.getManifest())));
    }
    Hash root = Merkle.root(stages.stream().map(Hash::bytes).toList());
    if (stages.size() != spec.stages()
        || !record.modelTrained().manifest().equals(Optional.of(root))) {
      throw new Malformed("its checkpoints are not those of its record");
    }
    return stages;
  }

  private static ClientFailure untrue(long number, String what) {
    return new ClientFailure(
        ClientFailure.Kind.UNAVAILABLE,
        "what the node says of job %d does not hold: %s; ask another node".formatted(number, what));
  }

  /// A published name is one account's alone, so it comes first.
  private static long number(NodeClient client, String subject) throws Mistake, ClientFailure {
    if (subject.matches(DIGITS)) {
      return Long.parseLong(subject);
    }
    try {
      return client.publishedModel(subject).getJob();
    } catch (ClientFailure e) {
      if (e.kind() != ClientFailure.Kind.INVALID) {
        throw e;
      }
      return named(client.models(), subject);
    }
  }

  /// Anybody may call a job like another one: a name that more than one has says nothing.
  static long named(Models trained, String subject) throws Mistake {
    List<Long> jobs =
        trained.getModelsList().stream()
            .filter(model -> model.getName().equals(subject))
            .map(ModelView::getJob)
            .toList();
    if (jobs.isEmpty()) {
      throw Mistake.of(
          "there is no model '%s': nbcli model list shows those that are; older ones have numbers",
          subject);
    }
    if (jobs.size() > 1) {
      throw Mistake.of(
          "'%s' is what jobs %s are called: give the number of the one that you mean",
          subject, jobs.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    if (trained.getMore()) {
      throw Mistake.of(
          "'%s' may be what older jobs are called too: give the job's number, such as %d",
          subject, jobs.getFirst());
    }
    return jobs.getFirst();
  }

  /// What it is called outside its chain; a start's steps were trained by that job.
  static String title(long number, String chain, Optional<StartSpec> start) {
    String from =
        start
            .map(it ->
                ", which went on from job %s after its round %d and %d steps"
                    .formatted(it.job(), it.round(), it.steps()))
            .orElse("");
    return "job %d of %s%s".formatted(number, chain, from);
  }

  /// All checkpoints in a folder, by their blobs' names: what an earlier try left is checked, and
  /// used.
  List<Path> fetch(BlobTransfer blobs, Path folder, Output output)
      throws ClientFailure, IOException {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < stages.size(); i++) {
      Hash id = stages.get(i);
      Path file = folder.resolve(id + ".checkpoint");
      if (!Files.exists(file) || !BlobTransfer.manifestOf(file).id().equals(id)) {
        long bytes = checkpointBytes(spec.stageSpecs().get(i));
        try (Progress progress = output.progress("stage " + i, bytes)) {
          blobs.download(id, file, progress::at);
        }
      }
      files.add(file);
    }
    return files;
  }

  /// About: weights and two moments.
  private static long checkpointBytes(StageSpec stage) {
    return 3L * Float.BYTES * Layout.of(stage).count();
  }

  /// The nine fields, by their names.
  List<Map.Entry<String, String>> metadata() {
    Metadata fields = RecordViews.metadata(known.addresses(), record);
    return List.of(
        Map.entry("dateTime", fields.getDateTime()),
        Map.entry("gpuUsed", String.join("; ", fields.getGpuUsedList())),
        Map.entry("gpuProvider", String.join("; ", fields.getGpuProviderList())),
        Map.entry("gpuPricePerHour", fields.getGpuPricePerHour() + " nim-units"),
        Map.entry("modelTrained", fields.getModelTrained()),
        Map.entry("modelParameters", fields.getModelParameters()),
        Map.entry("theme", fields.getTheme()),
        Map.entry("timeTraining", fields.getTimeTraining()),
        Map.entry("senderAddress", fields.getSenderAddress()));
  }
}
