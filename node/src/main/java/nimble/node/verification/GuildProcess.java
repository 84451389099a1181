package nimble.node.verification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RecordedStage;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.audit.Evidence;
import nimble.vm.audit.StageAudit;
import nimble.vm.data.DataSet;
import nimble.vm.djl.DjlMachine;
import nimble.vm.djl.Numeric;
import nimble.vm.training.Probe;

/// The miners and auditors of one class (Q1): says its classes, then does what each line of its
/// input asks for, and answers with a line, until its input ends.
public final class GuildProcess {
  static final String SUBJECT = "subject";
  static final int REPORTS_MAX = 1 << 20;
  static final int STAGES_MAX = 64;

  /// Begins to train; before a cheat, or [#HONEST].
  static final String BEGIN = "begin ";

  static final String HONEST = "honest";

  /// Trains a round; before the file into which it goes. Answers with what it took.
  static final String TRAIN = "train ";

  /// Audits all steps of a round; before its file.
  static final String REDO = "redo ";

  private static final String DONE = "done";

  private final Path directory;
  private final Numeric numeric;
  private final Subject subject;
  private final Plan plan;
  private final DataSet data;

  /// @param directory that it shares with whom it tells
  public GuildProcess(Path directory, Numeric numeric) throws IOException, Malformed {
    this.directory = directory;
    this.numeric = numeric;
    subject = decode(directory.resolve(SUBJECT), Subject::read);
    plan = subject.plan();
    data = subject.data();
  }

  public void run(BufferedReader in, PrintWriter out) throws IOException, Malformed {
    Optional<Practice> practice = Optional.empty();
    try (Machine machine = new DjlMachine(numeric)) {
      List<Hash> classes = classes(machine);
      say(out, String.join(" ", classes.stream().map(Hash::toString).toList()));
      List<StageAudit> benches = new ArrayList<>();
      plan.stages()
          .forEach(stage ->
              benches.add(new StageAudit(machine, stage, plan.training(), subject.allowed())));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(BEGIN)) {
          practice.ifPresent(Practice::close);
          Optional<Cheat> cheat = Cheat.of(line.substring(BEGIN.length()));
          practice = Optional.of(new Practice(machine, subject, cheat));
          say(out, DONE);
        } else if (line.startsWith(TRAIN)) {
          Path file = directory.resolve(line.substring(TRAIN.length()));
          say(out, Long.toString(practice.orElseThrow().round(file)));
        } else {
          redo(line.substring(REDO.length()), benches, classes);
          say(out, DONE);
        }
      }
      practice.ifPresent(Practice::close);
      benches.forEach(StageAudit::close);
    }
  }

  private List<Hash> classes(Machine machine) {
    return plan.stages().stream()
        .map(stage -> Probe.measure(machine, stage, plan.training(), plan.beacon()))
        .toList();
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }

  private void redo(String name, List<StageAudit> benches, List<Hash> classes)
      throws IOException, Malformed {
    List<AuditReport> reports = new ArrayList<>();
    for (RecordedStage recorded : recorded(directory.resolve(name))) {
      boolean same = recorded.closed().numericClass().equals(classes.get(recorded.stage()));
      for (int step = 0; step < recorded.index().steps().size(); step++) {
        reports.add(redo(benches.get(recorded.stage()), recorded, step, same));
      }
    }
    Bytes found = Writer.encode(it -> it.list(reports, REPORTS_MAX, AuditReport::write));
    Files.write(found(directory, name, numeric), found.toArray());
  }

  private AuditReport redo(StageAudit bench, RecordedStage recorded, int step, boolean same)
      throws Malformed {
    Hash seed = Hashing.of("audit", Bytes.ofU64(recorded.round()), Bytes.ofU64(step));
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    Evidence evidence = recorded.fetched(plan, step, seed, data);
    StageAudit.Result result = bench.audit(evidence, same);
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    Optional<Bytes> direction = same ? Optional.empty() : bench.drift(evidence, key(recorded));
    return new AuditReport(
        recorded.stage(),
        recorded.round(),
        step,
        evidence.trains(),
        same,
        result.finding(),
        result.errors(),
        nanos,
        direction);
  }

  /// One per auditor and stage, as in an epoch.
  private Hash key(RecordedStage recorded) {
    return Hashing.of("key", Bytes.utf8(numeric.toString()), Bytes.ofU64(recorded.stage()));
  }

  /// A round as miners wrote it.
  static List<RecordedStage> recorded(Path file) throws IOException, Malformed {
    return decode(file, from -> from.list(STAGES_MAX, RecordedStage::read));
  }

  /// Where auditors write what they found of a round.
  static Path found(Path directory, String name, Numeric auditors) {
    return directory.resolve(name + "-" + auditors.toString().replace('/', '-'));
  }

  static <T> T decode(Path file, Reader.Decoder<T> decoder) throws IOException, Malformed {
    return Reader.decode(Bytes.wrap(Files.readAllBytes(file)), decoder);
  }
}
