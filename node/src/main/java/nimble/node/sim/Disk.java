package nimble.node.sim;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.ForgottenVotes;
import nimble.node.chain.PoolFile;
import nimble.node.net.PeerMemory;
import nimble.node.signing.SigningGuard;
import nimble.storage.SegmentedVoteLog;
import nimble.storage.VoteLog;
import nimble.storage.mem.MemoryBlobStore;
import nimble.storage.mem.MemoryDatabase;
import nimble.storage.mem.MemorySegmentDirectory;
import nimble.storage.mem.MemoryShelf;
import nimble.types.PublicKey;

/// All that a node's processes leave to one another.
final class Disk {
  private static final int SEGMENT_BYTES = 256 << 10;
  private static final long BLOB_BYTES_MAX = 64L << 20;
  private static final long EVIDENCE_BYTES_MAX = 64L << 20;
  private static final int WRITES_MAX = 12;
  private static final int COMMITS_MAX = 3;

  private MemoryDatabase database = new MemoryDatabase();
  private MemorySegmentDirectory votes = new MemorySegmentDirectory();
  private final MemoryBlobStore blobs = new MemoryBlobStore(BLOB_BYTES_MAX);
  private final MemoryShelf shelf = new MemoryShelf(EVIDENCE_BYTES_MAX);
  private final PoolFile poolFile = PoolFile.inMemory();
  private final LongSupplier lives;
  private Optional<Bytes> peers = Optional.empty();
  private boolean cutting;

  /// @param lives fresh random numbers, for the vote log
  Disk(boolean votes, LongSupplier lives) {
    this.lives = lives;
    if (votes) {
      begin();
    }
  }

  MemoryDatabase database() {
    return database;
  }

  Optional<VoteLog.Opened> voteLog() {
    return SegmentedVoteLog.open(votes, SEGMENT_BYTES, lives);
  }

  /// S6 of snapshots, as where real nodes start.
  void beginVotes() {
    FinalizedChain chain = new FinalizedChain(database);
    long height = chain.isEmpty() ? 0 : chain.height();
    long epoch = chain.isEmpty() ? 0 : chain.runningEpoch().number();
    Optional<VoteLog.Opened> opened = voteLog();
    ForgottenVotes.floor(opened, signingGuard().history(), height, epoch, false)
        .ifPresent(floor -> {
          try (VoteLog log =
              opened
                  .map(VoteLog.Opened::log)
                  .orElseGet(() -> SegmentedVoteLog.create(votes, SEGMENT_BYTES, lives))) {
            log.raise(floor);
            log.sync();
          }
        });
  }

  /// The folder of the votes is gone, log, guard and all.
  void loseVotes() {
    votes = new MemorySegmentDirectory();
  }

  /// A new one in its place, made as at first.
  void loseAll() {
    loseVotes();
    begin();
    database = new MemoryDatabase();
  }

  private void begin() {
    SegmentedVoteLog.create(votes, SEGMENT_BYTES, lives).close();
  }

  SigningGuard signingGuard() {
    return SigningGuard.open(votes);
  }

  MemoryBlobStore blobs() {
    return blobs;
  }

  PoolFile poolFile() {
    return poolFile;
  }

  MemoryShelf shelf() {
    return shelf;
  }

  PeerMemory peers(PublicKey self) {
    return new PeerMemory() {
      @Override
      public Optional<Bytes> load() {
        return peers;
      }

      @Override
      public void save(Bytes remembered) {
        peers = Optional.of(remembered);
      }

      @Override
      public Bytes salt() {
        return Hashing.of("sim-peers", self.bytes()).bytes();
      }
    };
  }

  /// The power will go between two of the next writes, if there are so many (W2).
  void cutPowerSoon(SplittableRandom random) {
    cutting = true;
    if (random.nextBoolean()) {
      votes.cutPowerAfter(1 + random.nextInt(WRITES_MAX));
    } else {
      database.cutPowerAfter(1 + random.nextInt(COMMITS_MAX));
    }
  }

  /// Whether a failing write would be the power's doing.
  boolean isCutting() {
    return cutting;
  }

  /// The power is back: what was not durable is lost, whole or in part.
  void crash(SplittableRandom random) {
    database.crash(random);
    votes.crash(random);
    shelf.crash(random);
    cutting = false;
  }
}
