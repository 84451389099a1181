package nimble.node.metrics;

import java.util.List;
import java.util.stream.Stream;

/// Every measure of a node. A counter's name ends in `_total` for Prometheus, a timer's in
/// `_seconds`.
public enum Meter {
  CHAIN_HEIGHT("nimble.chain.height", Kind.GAUGE, "Newest finalized block"),
  CHAIN_BEHIND("nimble.chain.behind.seconds", Kind.GAUGE, "Age of the newest finalized block"),
  CHAIN_EPOCH("nimble.chain.epoch", Kind.GAUGE, "Epoch of the newest finalized block"),
  CHAIN_TRANSACTIONS("nimble.chain.transactions", Kind.COUNTER, "Transactions that became final"),
  CHAIN_WORK_CALLS("nimble.chain.work.calls", Kind.COUNTER, "Work calls that became final"),
  VIEW("nimble.consensus.view", Kind.GAUGE, "The view that this node is in"),
  VIEWS_SKIPPED("nimble.consensus.views.skipped", Kind.COUNTER, "Views without a block"),
  FINALIZATION("nimble.consensus.finalization", Kind.TIMER, "From entering a view to its block"),
  VOTE_LATENCY(
      "nimble.consensus.vote.latency", Kind.TIMER, "From entering a view to a finalize vote"),
  MISCONDUCT("nimble.consensus.misconduct", Kind.COUNTER, "Proofs that a validator broke a rule"),
  BAD_VOTES("nimble.consensus.bad.votes", Kind.COUNTER, "Votes with a false signature"),
  POOL_TRANSACTIONS("nimble.mempool.transactions", Kind.GAUGE, "Transactions that wait"),
  POOL_WORK_CALLS("nimble.mempool.work.calls", Kind.GAUGE, "Work calls that wait"),
  PEERS("nimble.network.peers", Kind.GAUGE, "Nodes connected"),
  PEERS_REFUSED("nimble.network.refused", Kind.COUNTER, "Connections that came to nothing"),
  PEERS_MISBEHAVED("nimble.network.misbehaved", Kind.COUNTER, "Grave misdeeds of peers"),
  PEERS_BANNED("nimble.network.banned", Kind.COUNTER, "Peers sent away for a time"),
  RELAYS("nimble.network.relays", Kind.GAUGE, "Relays that this node is reached through"),
  RELAYED_STREAMS("nimble.network.relayed.streams", Kind.GAUGE, "Streams relayed for others"),
  RELAYED_BYTES("nimble.network.relayed.bytes", Kind.COUNTER, "Bytes relayed for others"),
  DATABASE_BYTES("nimble.storage.database.bytes", Kind.GAUGE, "Files of the database"),
  VOTES_BYTES("nimble.storage.votes.bytes", Kind.GAUGE, "Files of the vote log"),
  DISK_FREE("nimble.storage.disk.free.bytes", Kind.GAUGE, "Free on the disk of the node's data"),
  UNCLEAN_START(
      "nimble.storage.unclean.start", Kind.GAUGE, "1 when the last stop was no clean one"),
  BLOBS_BYTES("nimble.blobs.bytes", Kind.GAUGE, "Blobs kept here"),
  BLOBS_BYTES_MAX("nimble.blobs.bytes.max", Kind.GAUGE, "The quota for blobs"),
  STEPS("nimble.training.steps", Kind.COUNTER, "Training steps done by this node's miner"),
  ROUNDS("nimble.training.rounds", Kind.COUNTER, "Rounds whose roots its neighbours agreed to"),
  AUDITS("nimble.training.audits", Kind.COUNTER, "Steps that this node redid as an auditor"),
  RESIDENT_BYTES("nimble.process.resident.bytes", Kind.GAUGE, "Memory of the process");

  /// How it behaves.
  enum Kind {
    GAUGE,
    COUNTER,
    TIMER
  }

  private final String label;
  private final Kind kind;
  private final String help;

  Meter(String label, Kind kind, String help) {
    this.label = label;
    this.kind = kind;
    this.help = help;
  }

  String label() {
    return label;
  }

  String help() {
    return help;
  }

  /// The names that Prometheus sees of it.
  Stream<String> families() {
    String base = label.replace('.', '_');
    return switch (kind) {
      case GAUGE -> Stream.of(base);
      case COUNTER -> Stream.of(base + "_total");
      case TIMER -> Stream.of(base + "_seconds", base + "_seconds_max");
    };
  }

  /// All that Prometheus sees, in order.
  public static List<String> names() {
    return Stream.of(values()).flatMap(Meter::families).toList();
  }
}
