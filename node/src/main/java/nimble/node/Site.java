package nimble.node;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import nimble.light.Checkpoint;
import nimble.node.chain.PoolFile;
import nimble.node.chain.SeenVotes;
import nimble.node.loop.Inbox;
import nimble.node.loop.Timers;
import nimble.node.net.PeerMemory;
import nimble.node.signing.SigningGuard;
import nimble.node.sync.Snapshots;
import nimble.node.work.Compute;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.NetworkListener;
import nimble.p2p.RelayPolicy;
import nimble.storage.BlobStore;
import nimble.storage.Database;
import nimble.storage.Shelf;
import nimble.storage.VoteLog;
import nimble.vm.Machine;

/// Where a node lives: threads, disk, network and processor of a real machine, or of a simulated
/// one. What it hands out it closes itself, after the node.
public interface Site {
  <I> Inbox<I> inbox(String name, int inboxMax);

  Timers timers();

  /// How long something takes, beside the time that owners are told: a simulation stands still.
  default long nanos() {
    return 0;
  }

  Network network(Hello hello, LongSupplier height, NetworkListener listener) throws IOException;

  Database database();

  /// Empty for a node that does not vote.
  Optional<VoteLog.Opened> voteLog();

  /// Of a node that votes.
  SigningGuard signingGuard();

  /// Whether the operator knows that the vote key has signed nothing that counts.
  default boolean votesAnyway() {
    return false;
  }

  default PoolFile poolFile() {
    return PoolFile.inMemory();
  }

  BlobStore blobs();

  Shelf shelf();

  PeerMemory peerMemory();

  SeenVotes seenVotes();

  default RelayPolicy relays() {
    return RelayPolicy.USUAL;
  }

  default Upkeep upkeep() {
    return Upkeep.FULL;
  }

  /// A block that the operator trusts, if the chain must lead over one.
  default Optional<Checkpoint> trusted() {
    return Optional.empty();
  }

  /// Empty where none are kept.
  default Optional<Snapshots> snapshots() {
    return Optional.empty();
  }

  /// For short tasks beside the owners' threads, such as checking signatures.
  default Executor checkers() {
    return Runnable::run;
  }

  /// For waits that an owner can share with one of its own, such as for a second file.
  default Executor beside() {
    return Runnable::run;
  }

  Compute compute();

  /// Bytes that audits may take here beside the heap (R35).
  default long auditBytesMax() {
    return Long.MAX_VALUE;
  }

  Machine machine();
}
