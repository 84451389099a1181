package nimble.node.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Vote;
import nimble.consensus.VoteRecord;
import nimble.storage.LogEntry;
import nimble.storage.file.FileVoteLog;

/// Reads what a dead node has left: its vote log, and what its own log says of others (K2, K5).
final class Remains {
  private static final String RECEIVED = " vote_received ";

  /// No honest validator has a reason for these.
  private static final List<String> SIGNS =
      List.of(" misconduct ", " bad_votes ", " node_failed ", " peer_misbehaved ", " peer_banned ");

  private final VoteBook votes;

  Remains(VoteBook votes) {
    this.votes = votes;
  }

  /// Its log is taken away when it is read, so that the next life begins a new one.
  void examine(Survivor dead) throws IOException, Broken {
    Path home = dead.order().home();
    for (LogEntry entry : FileVoteLog.read(home.resolve("votes"))) {
      if (entry instanceof LogEntry.Vote logged) {
        own(dead, logged);
      }
    }
    Path log = dead.order().log();
    if (Files.exists(log)) {
      for (String line : lines(log)) {
        read(dead, line);
      }
      Files.delete(log);
    }
  }

  private void own(Survivor dead, LogEntry.Vote logged) throws Broken {
    try {
      VoteRecord record = Reader.decode(logged.record(), VoteRecord::read);
      if (record instanceof VoteRecord.Voted(Vote vote)) {
        String digest = vote.choice().map(choice -> choice.digest().toString()).orElse("-");
        votes.add(dead.index(), vote.kind(), vote.epoch(), vote.view(), digest, "its own vote log");
      }
    } catch (Malformed e) {
      throw Broken.of(
          "the vote log of %d holds what was never written: %s", dead.index(), e.reason());
    }
  }

  /// The last line may have been cut off by the kill.
  private static List<String> lines(Path log) throws IOException {
    String text = Files.readString(log);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  private void read(Survivor dead, String line) throws Broken {
    for (String sign : SIGNS) {
      if (line.contains(sign)) {
        throw Broken.of("%s says: %s", dead.order().name(), line);
      }
    }
    if (line.contains(RECEIVED)) {
      Map<String, String> pairs = pairs(line);
      votes.add(
          Integer.parseInt(value(pairs, "signer")),
          Vote.Kind.valueOf(value(pairs, "kind")),
          Long.parseLong(value(pairs, "epoch")),
          Long.parseLong(value(pairs, "view")),
          value(pairs, "digest"),
          dead.order().name());
    }
  }

  private static String value(Map<String, String> pairs, String key) throws Broken {
    String value = pairs.get(key);
    if (value == null) {
      throw Broken.of("a vote in a log has no %s: %s", key, pairs);
    }
    return value;
  }

  private static Map<String, String> pairs(String line) {
    Map<String, String> pairs = new TreeMap<>();
    for (String word : line.split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        pairs.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return pairs;
  }
}
