package nimble.node.cli.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.node.client.BlobTransfer;
import nimble.node.devnet.DemoJob;
import nimble.node.devnet.DemoText;
import nimble.node.files.JobDraft;
import nimble.node.files.JobFile;
import nimble.node.files.Mistake;
import nimble.node.files.PreparedData;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.data.DataSet;
import nimble.vm.training.Probe;

/// The programs that classes are measured on: those of a job file, or of the demo's job.
record ClassJob(JobSpec spec, Bytes text) {
  private static final int DEMO_STEPS = 1_000;
  private static final int SMALL_WIDTH = 32;
  private static final int SMALL_HEADS = 4;

  static ClassJob of(Optional<Path> file) throws Mistake, IOException {
    return of(file, DEMO_STEPS);
  }

  /// @param steps of the demo's job; a file says its own
  static ClassJob of(Optional<Path> file, int steps) throws Mistake, IOException {
    if (file.isEmpty()) {
      byte[] text = sources();
      return new ClassJob(DemoJob.of(text, steps, DemoJob.STAGES_MAX), Bytes.copyOf(text));
    }
    JobDraft draft = JobFile.read(file.get());
    try (PreparedData data = draft.prepare()) {
      JobSpec spec = draft.spec(BlobTransfer.manifestOf(data.file()), Optional.empty());
      return new ClassJob(spec, Bytes.wrap(Files.readAllBytes(data.file())));
    }
  }

  /// The demo's job with few parameters.
  static ClassJob small(int steps) throws Mistake, IOException {
    byte[] text = sources();
    return new ClassJob(DemoJob.small(text, steps, SMALL_WIDTH, SMALL_HEADS), Bytes.copyOf(text));
  }

  private static byte[] sources() throws Mistake, IOException {
    Path root = Path.of(System.getProperty("nimble.root", ".")).toAbsolutePath().normalize();
    return DemoText.ofSources(root);
  }

  /// A model so small that everything takes moments.
  static ClassJob quick() {
    byte[] text = "the quick brown fox jumps over the lazy dog. ".repeat(400).getBytes(US_ASCII);
    return new ClassJob(DemoJob.small(text), Bytes.copyOf(text));
  }

  DataSet data() {
    return spec.data().open(text, spec.model());
  }

  /// This machine's class for each stage's program.
  static List<Hash> classes(
      Machine machine, List<StageSpec> stages, TrainingSpec training, Hash beacon) {
    return stages.stream().map(stage -> Probe.measure(machine, stage, training, beacon)).toList();
  }
}
