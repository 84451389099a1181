package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import nimble.genesis.Genesis;
import nimble.node.Upkeep;
import nimble.node.chain.Past;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Progress;
import nimble.node.cli.option.Confirm;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.site.NodeDirectory;
import nimble.node.sync.DatabaseCheck;
import nimble.storage.file.DataDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "db",
    description = "The database of a node that does not run.",
    subcommands = {
      DatabaseCommand.Verify.class,
      DatabaseCommand.Compact.class,
      DatabaseCommand.Prune.class,
      DatabaseCommand.Rollback.class,
      DatabaseCommand.Reset.class
    })
public final class DatabaseCommand {
  private static final String MEND =
      "go back with `nimble db rollback --to HEIGHT`, or begin anew with `nimble db reset` and"
          + " `nimble node start --sync state`";

  private DatabaseCommand() {}

  @Command(
      name = "verify",
      description = "Reads all of it and compares blocks, index, state and tree.")
  static final class Verify implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Override
    public Integer call() throws Exception {
      try (OfflineDatabase open = OfflineDatabase.open(home.existing())) {
        long height = open.chain().height();
        DatabaseCheck.Report report;
        try (Progress progress = output.progress("blocks", height)) {
          report =
              DatabaseCheck.run(
                  open.database(), open.directory().snapshots().resolve("verify"), progress::at);
        }
        ObjectNode json =
            Json.object()
                .put("height", height)
                .put("headers", report.headers())
                .put("bodies", report.bodies())
                .put("entries", report.entries());
        report.problems().forEach(json.withArray("problems")::add);
        output.document(json, text(height, report));
        return report.problems().isEmpty() ? ExitCode.DONE : ExitCode.NODE_FAILED;
      }
    }

    private static String text(long height, DatabaseCheck.Report report) {
      return report.problems().isEmpty()
          ? "sound: %d headers and %d bodies up to block %d, %d entries of state"
              .formatted(report.headers(), report.bodies(), height, report.entries())
          : "damaged:\n  %s\n%s".formatted(String.join("\n  ", report.problems()), MEND);
    }
  }

  @Command(name = "compact", description = "Gives the room of deleted entries back to the disk.")
  static final class Compact implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Override
    public Integer call() throws Exception {
      Path directory = home.existing();
      try (OfflineDatabase open = OfflineDatabase.open(directory)) {
        long before = bytes(open.directory().database());
        open.database().compact();
        room(output, before, bytes(open.directory().database()));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "prune",
      description = "Deletes what the node is not to keep, at once, and compacts.")
  static final class Prune implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Option(
        names = "--mode",
        paramLabel = "MODE",
        description = "archive, full or 'pruned N'; else what nimble.yaml says.")
    private Optional<String> mode = Optional.empty();

    @Override
    public Integer call() throws Exception {
      Path directory = home.existing();
      Map<Setting, String> flags = new LinkedHashMap<>();
      mode.ifPresent(it -> flags.put(Setting.STORAGE, it));
      Upkeep upkeep =
          Joining.upkeep(
              NodeConfig.load(
                  NodeDirectory.config(directory), output.surroundings().environment(), flags));
      try (OfflineDatabase open = OfflineDatabase.open(directory)) {
        open.chain();
        long before = bytes(open.directory().database());
        new Past(open.database()).prune(upkeep.states(), upkeep.blocks());
        open.database().compact();
        room(output, before, bytes(open.directory().database()));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "rollback",
      description = {
        "Makes an older block the newest, as far back as states are kept.",
        "The node gets the blocks above again from others; what it voted for stays voted for."
      })
  static final class Rollback implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Option(names = "--to", required = true, paramLabel = "HEIGHT", description = "That block.")
    private long height;

    @Override
    public Integer call() throws Exception {
      try (OfflineDatabase open = OfflineDatabase.open(home.existing())) {
        Past past = new Past(open.database());
        long newest = open.chain().height();
        long oldest = past.oldest();
        if (height < oldest || height > newest) {
          throw Mistake.of(
              "--to must be between %d, the oldest state that is kept, and %d, was %d",
              oldest, newest, height);
        }
        for (long at = newest; at > height; at--) {
          past.stepBack();
        }
        output.document(
            Json.object().put("from", newest).put("height", height),
            "went back from block %d to block %d".formatted(newest, height));
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "reset", description = "Deletes it. Keys, votes, blobs and evidence stay.")
  static final class Reset implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();
    @Mixin private final Confirm confirm = new Confirm();

    @Override
    public Integer call() throws Exception {
      Path directory = home.existing();
      Genesis genesis = GenesisFile.read(NodeDirectory.genesis(directory));
      try (DataDirectory data =
          DataDirectory.open(directory, genesis.chain().value(), genesis.hash())) {
        confirm.ask("Delete %s?".formatted(data.database()));
        for (Path path : files(data.database()).reversed()) {
          Files.delete(path);
        }
        output.document(
            Json.object().put("deleted", data.database().toString()),
            "deleted %s; get a state again with `nimble node start --sync state`"
                .formatted(data.database()));
        return ExitCode.DONE;
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.sorted(Comparator.naturalOrder()).filter(path -> !path.equals(directory)).toList();
    }
  }

  private static long bytes(Path directory) throws IOException {
    long bytes = 0;
    for (Path file : files(directory)) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  private static void room(Output output, long before, long after) {
    output.document(
        Json.object().put("bytesBefore", before).put("bytes", after),
        "%d bytes before, %d bytes now".formatted(before, after));
  }
}
