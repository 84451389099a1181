package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Vote;
import nimble.crypto.EncryptedKey;
import nimble.genesis.Genesis;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import nimble.node.signing.SigningGuard;
import nimble.node.signing.SigningHistory;
import nimble.node.site.NodeDirectory;
import nimble.storage.SegmentDirectory;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileVoteLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "history",
    description = {
      "What a validator's vote key has signed last, for a move to another machine:",
      "stop the node, export, import on the other machine, and never start the first one again."
    },
    subcommands = {KeysHistory.Export.class, KeysHistory.Import.class})
final class KeysHistory {
  private static final int FILE_BYTES_MAX = 64 << 10;

  /// The file that travels.
  ///
  /// @param history canonical bytes, in hexadecimal
  record Content(String network, String voteKey, String history) {
    static Content parse(Path file, String text) throws Mistake {
      return Json.read(file.toString(), text, Content.class);
    }

    SigningHistory signed(Path file) throws Mistake {
      try {
        return SigningHistory.decode(Bytes.hex(history));
      } catch (Malformed e) {
        throw Mistake.of("%s: history: %s", file, e.reason());
      }
    }
  }

  /// What is done with the guard of a stopped node.
  private interface Work {
    void run(SigningGuard guard, Genesis genesis) throws Exception;
  }

  private KeysHistory() {}

  @Command(name = "export", description = "Writes the history of a stopped node's vote key.")
  static final class Export implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Parameters(paramLabel = "FILE", description = "Where to write it.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      Path directory = home.existing();
      String key = voteKey(directory);
      with(
          directory,
          (guard, genesis) -> {
            Content content =
                new Content(genesis.chain().value(), key, guard.history().encode().toString());
            SafeFile.create(file, Json.show(Json.of(content)) + "\n");
            show(output, file, guard.history());
          });
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "import",
      description = "Adds a history to that of a stopped node: it refuses what either refuses.")
  static final class Import implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Option(names = "--any-key", description = "Even if it is another vote key's history.")
    private boolean anyKey;

    @Parameters(paramLabel = "FILE", description = "What `keys history export` wrote.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      Path directory = home.existing();
      Content content = Content.parse(file, SafeFile.read(file, FILE_BYTES_MAX));
      if (!anyKey && !content.voteKey().equals(voteKey(directory))) {
        throw Mistake.of(
            "%s is the history of vote key %s, not of this node's: import it with --any-key if that"
                + " is meant",
            file, content.voteKey());
      }
      SigningHistory history = content.signed(file);
      with(
          directory,
          (guard, genesis) -> {
            if (!content.network().equals(genesis.chain().value())) {
              throw Mistake.of("%s is of network %s", file, content.network());
            }
            guard.learn(history);
            guard.sync();
            show(output, file, guard.history());
          });
      return ExitCode.DONE;
    }
  }

  /// Opens the guard while nobody else can.
  private static void with(Path directory, Work work) throws Exception {
    Genesis genesis = GenesisFile.read(NodeDirectory.genesis(directory));
    try (DataDirectory data =
            DataDirectory.open(directory, genesis.chain().value(), genesis.hash());
        SegmentDirectory files = FileVoteLog.files(data.votes())) {
      work.run(SigningGuard.open(files), genesis);
    }
  }

  private static String voteKey(Path directory) throws Mistake, IOException {
    Path file = NodeDirectory.voteKey(directory);
    if (!Files.exists(file)) {
      throw Mistake.of("%s holds no vote key: it is no validator's", directory);
    }
    EncryptedKey key = KeystoreFile.read(file);
    return key.label().toString();
  }

  private static void show(Output output, Path file, SigningHistory history) {
    ObjectNode json = Json.object().put("file", file.toString()).put("epoch", history.epoch());
    Table table = new Table("FILE", file.toString()).row("epoch", history.epoch());
    for (Vote vote : history.votes()) {
      String kind = vote.kind().name().toLowerCase(Locale.ROOT);
      json.put(kind, vote.view());
      table.row("last " + kind, "view " + vote.view());
    }
    output.document(json, table.show(output.surroundings()));
  }
}
