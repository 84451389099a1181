package nimble.node.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import nimble.genesis.Genesis;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.SafeFile;
import nimble.node.files.Setting;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileVoteLog;

/// A node's data directory before the node runs: all of it but its keys.
public final class NodeDirectory {
  private NodeDirectory() {}

  public static Path hotKey(Path directory) {
    return directory.resolve("keys").resolve("hot.json");
  }

  public static Path voteKey(Path directory) {
    return directory.resolve("keys").resolve("vote.json");
  }

  public static Path genesis(Path directory) {
    return directory.resolve("genesis.json");
  }

  public static Path config(Path directory) {
    return directory.resolve("nimble.yaml");
  }

  /// What is there stays: a second run completes what a first one could not.
  ///
  /// @param chosen settings that `nimble.yaml` begins with
  /// @param votes whether the node may vote: then it needs a vote log
  public static void make(
      Path directory, Genesis genesis, Map<Setting, String> chosen, boolean votes)
      throws Mistake, IOException, DataDirectory.Refused {
    DataDirectory.create(directory, genesis.chain().value(), genesis.hash());
    if (!Files.exists(genesis(directory))) {
      SafeFile.create(genesis(directory), GenesisFile.show(genesis));
    }
    if (!Files.exists(config(directory))) {
      SafeFile.create(config(directory), NodeConfig.template(chosen));
    }
    if (votes) {
      beginVoteLog(directory);
    }
  }

  /// A log that was once there must never be begun anew: its absence is for `node start` to see.
  private static void beginVoteLog(Path directory) throws IOException {
    Path votes = directory.resolve("votes");
    try (Stream<Path> segments = Files.list(votes)) {
      if (segments.findAny().isEmpty() && !Files.exists(directory.resolve("db/CURRENT"))) {
        FileVoteLog.create(votes).close();
      }
    }
  }
}
