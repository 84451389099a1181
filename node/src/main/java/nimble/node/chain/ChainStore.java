package nimble.node.chain;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.Receipt;
import nimble.chain.Transaction;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.consensus.Misconduct;
import nimble.crypto.Merkle;
import nimble.genesis.Genesis;
import nimble.ledger.Elections;
import nimble.ledger.Ledger;
import nimble.ledger.StateView;
import nimble.light.Checkpoint;
import nimble.light.EpochStep;
import nimble.storage.Batch;
import nimble.storage.Change;
import nimble.storage.Database;
import nimble.storage.Family;
import nimble.storage.LiveTree;
import nimble.storage.NodeSource;
import nimble.storage.Range;
import nimble.storage.Retention;
import nimble.storage.StateTree;
import nimble.storage.StorageFailure;
import nimble.storage.TreeRoot;
import nimble.storage.TreeStore;
import nimble.training.JobEntry;
import nimble.types.Hash;
import nimble.types.Height;
import nimble.types.VoteSignature;

/// Writes finalized blocks: one synced batch each (N1). One owner writes; [FinalizedChain] reads.
public final class ChainStore {
  /// Nodes of the tree in memory; some 250 bytes each.
  private static final int NODES_MAX = 262_144;

  /// Blocks after which they are counted: milliseconds.
  private static final int BOUND_EVERY = 64;

  private static final int STEPS_PAGE = 64;

  private final Database database;
  private final FinalizedChain chain;
  private final Retention blocks;
  private final Optional<Checkpoint> trusted;
  private boolean deferred;
  private boolean unsynced;
  private final StateCache state;
  private LiveTree tree;

  private ChainStore(Database database, Retention blocks, Optional<Checkpoint> trusted) {
    this.trusted = trusted;
    this.database = database;
    this.chain = new FinalizedChain(database);
    this.blocks = blocks;
    this.state = new StateCache(chain.liveState());
    long height = chain.height();
    this.tree =
        new LiveTree(
            chain.tree(),
            chain
                .tree()
                .root(height)
                .orElseThrow(() -> new StorageFailure("no state root at height " + height)));
  }

  /// Opens a chain, and begins it at genesis when the database is empty.
  ///
  /// @param blocks whose bodies stay
  public static ChainStore open(Database database, Genesis genesis, Retention blocks) {
    return open(database, genesis, blocks, Optional.empty());
  }

  /// @param trusted the block at whose height no other becomes final (N12)
  public static ChainStore open(
      Database database, Genesis genesis, Retention blocks, Optional<Checkpoint> trusted) {
    if (new FinalizedChain(database).isEmpty()) {
      begin(database, genesis);
    }
    ChainStore store = new ChainStore(database, blocks, trusted);
    Header first =
        store
            .chain
            .header(0)
            .orElseThrow(() -> new StorageFailure("the genesis header is missing"));
    if (!first.parent().equals(genesis.hash())) {
      throw new StorageFailure(
          "the database belongs to genesis %s, not %s".formatted(first.parent(), genesis.hash()));
    }
    return store;
  }

  public FinalizedChain chain() {
    return chain;
  }

  /// For the one who writes; others read [FinalizedState].
  StateView state() {
    return state;
  }

  /// The tree of the newest block, for the one who writes.
  LiveTree tree() {
    return tree;
  }

  /// Block 0: no entries, no votes; its parent field holds the genesis hash.
  static Header genesisHeader(Genesis genesis, Hash stateRoot) {
    return new Header(
        genesis.chain(),
        0,
        0,
        Height.GENESIS,
        genesis.hash(),
        genesis.timeMillis(),
        0,
        new VoteSignature(Bytes.wrap(new byte[VoteSignature.SIZE])),
        genesis.beacon(),
        Block.Body.EMPTY.txRoot(),
        stateRoot,
        Merkle.empty(),
        Block.Body.EMPTY.votesRoot(),
        genesis.validatorSet().hash(),
        Optional.empty());
  }

  /// Of a chain that will begin at a later block: how an epoch ended.
  public static void putStep(Batch batch, EpochStep step) {
    long last = step.boundary().height().value();
    putHeader(batch, step.boundary());
    putEpoch(batch, step.boundary().epoch() + 1, last, step.next());
    Bytes votes = Writer.encode(step.certificate()::write);
    batch.put(Family.META, ChainKeys.certificate(last), votes);
  }

  /// Drops what is known of how epoch `from` and those behind it ended.
  public static void dropSteps(Database database, Batch batch, long from) {
    FinalizedChain chain = new FinalizedChain(database);
    long epoch = from;
    List<EpochStep> steps = chain.steps(epoch, STEPS_PAGE);
    while (!steps.isEmpty()) {
      for (EpochStep step : steps) {
        long last = step.boundary().height().value();
        batch.delete(Family.HEADERS, Bytes.ofU64(last));
        batch.delete(Family.INDEX, ChainKeys.digest(step.boundary().digest()));
        batch.delete(Family.META, ChainKeys.epoch(step.boundary().epoch() + 1));
        batch.delete(Family.META, ChainKeys.certificate(last));
      }
      epoch += steps.size();
      steps = chain.steps(epoch, STEPS_PAGE);
    }
  }

  /// Makes `header` the newest block of a database that holds its state, and how the epochs before
  /// it ended.
  ///
  /// @param batch what else is written in the same moment
  /// @param crown what its state tree still lacks
  public static void adopt(
      Database database,
      Genesis genesis,
      Batch batch,
      Header header,
      Optional<Bytes> certificate,
      Change crown) {
    long height = header.height().value();
    Change first = genesisChange(Ledger.genesisWrites(genesis));
    putHeader(batch, genesisHeader(genesis, first.root().hash()));
    putEpoch(batch, 0, 0, genesis.validatorSet());
    dropSteps(database, batch, header.epoch());
    putTip(batch, header);
    if (header.nextSetHash().isPresent()) {
      long next = header.epoch() + 1;
      putEpoch(batch, next, height, Elections.set(key -> database.get(Family.STATE, key), next));
    }
    certificate.ifPresent(bytes -> batch.put(Family.META, ChainKeys.certificate(height), bytes));
    new TreeStore(database).putCrown(batch, height, crown);
    database.commit(batch);
  }

  private static Change genesisChange(SortedMap<Bytes, Optional<Bytes>> writes) {
    return StateTree.update(NodeSource.NONE, TreeRoot.EMPTY, 0, writes);
  }

  private static void begin(Database database, Genesis genesis) {
    if (!database.scan(Family.META, Range.prefix(Bytes.EMPTY, 1)).isEmpty()) {
      throw new StorageFailure(
          "the database holds a part of a state: go on with `nimble node start --sync state`, or"
              + " begin anew after `nimble db reset`");
    }
    SortedMap<Bytes, Optional<Bytes>> writes = new TreeMap<>(Ledger.genesisWrites(genesis));
    Change change = genesisChange(writes);
    Batch batch = new Batch();
    putState(batch, writes);
    putBlock(batch, new Block(genesisHeader(genesis, change.root().hash()), Block.Body.EMPTY));
    putEpoch(batch, 0, 0, genesis.validatorSet());
    new TreeStore(database).put(batch, 0, change);
    database.commit(batch);
  }

  void commit(ExecutedBlock block, Optional<Bytes> certificate, Retention retention) {
    long height = block.height();
    checkTrusted(block.header());
    Batch batch = new Batch();
    putState(batch, block.execution().writes());
    putBlock(batch, block.block());
    chain.tree().put(batch, height, block.change(), block.execution().writes().keySet());
    chain
        .tree()
        .prune(batch, height, retention, Retention.deletions(block.change().stale().size()));
    for (JobEntry entry : JobEntry.in(block.execution().writes())) {
      batch.put(Family.JOBS, ChainKeys.event(entry.job(), entry.sequence()), entry.encode());
    }
    List<Receipt> receipts = block.execution().receipts();
    batch.put(
        Family.RECEIPTS,
        Bytes.ofU64(height),
        Writer.encode(writer -> writer.list(receipts, Integer.MAX_VALUE, Receipt::write)));
    certificate.ifPresent(bytes -> batch.put(Family.META, ChainKeys.certificate(height), bytes));
    chain.bodies().prune(batch, height, blocks, Retention.deletions(receipts.size()));
    block.nextSet().ifPresent(set -> putEpoch(batch, block.header().epoch() + 1, height, set));
    write(batch);
    state.add(block.execution().writes());
    tree = tree.after(block.change());
    if (height % BOUND_EVERY == 0) {
      tree.bound(NODES_MAX);
    }
  }

  /// N12.
  private void checkTrusted(Header header) {
    if (trusted
        .filter(it -> it.height().equals(header.height()) && !it.names(header))
        .isPresent()) {
      throw new IllegalStateException(
          "block %s is final by its certificate, and %s is trusted: one of them is false; ask others"
                  .formatted(Checkpoint.of(header), trusted.get())
              + " for the block, then db reset and --sync state --trust HEIGHT:HASH");
    }
  }

  private void write(Batch batch) {
    if (deferred) {
      database.write(batch);
      unsynced = true;
    } else {
      database.commit(batch);
    }
  }

  /// From now on blocks become durable together, with [#settle]: for blocks that others have and
  /// that can be had again (N1).
  void defer() {
    deferred = true;
  }

  boolean defers() {
    return deferred;
  }

  void settle() {
    deferred = false;
    if (unsynced) {
      unsynced = false;
      database.commit(new Batch().put(Family.META, ChainKeys.TIP, Bytes.ofU64(chain.height())));
    }
  }

  /// N8: durable when it returns. The first pair of an epoch is as good as any: false for another.
  boolean keepEvidence(Misconduct.Votes votes) {
    Bytes key = ChainKeys.evidence(votes.first().epoch(), votes.first().signer());
    if (database.get(Family.META, key).isPresent()) {
      return false;
    }
    Bytes both =
        Writer.encode(writer -> {
          votes.first().write(writer);
          votes.second().write(writer);
        });
    database.commit(new Batch().put(Family.META, key, both));
    return true;
  }

  void dropEvidence(Misconduct.Votes votes) {
    Bytes key = ChainKeys.evidence(votes.first().epoch(), votes.first().signer());
    database.commit(new Batch().delete(Family.META, key));
  }

  /// @param lastHeight of the block that ended the epoch before
  private static void putEpoch(Batch batch, long epoch, long lastHeight, ValidatorSet set) {
    batch.put(
        Family.META,
        ChainKeys.epoch(epoch),
        Writer.encode(writer -> set.write(writer.i64(lastHeight))));
  }

  private static void putState(Batch batch, SortedMap<Bytes, Optional<Bytes>> writes) {
    writes.forEach((key, value) ->
        value.ifPresentOrElse(
            bytes -> batch.put(Family.STATE, key, bytes), () -> batch.delete(Family.STATE, key)));
  }

  private static void putHeader(Batch batch, Header header) {
    Bytes height = Bytes.ofU64(header.height().value());
    batch.put(Family.HEADERS, height, header.encode());
    batch.put(Family.INDEX, ChainKeys.digest(header.digest()), height);
  }

  private static void putTip(Batch batch, Header header) {
    putHeader(batch, header);
    batch.put(Family.META, ChainKeys.TIP, Bytes.ofU64(header.height().value()));
  }

  private static void putBlock(Batch batch, Block block) {
    Bytes height = Bytes.ofU64(block.header().height().value());
    putTip(batch, block.header());
    batch.put(Family.BODIES, height, Writer.encode(block.body()::write));
    int index = block.body().workCalls().size();
    for (Transaction transaction : block.body().transactions()) {
      int place = index++;
      batch.put(
          Family.INDEX,
          ChainKeys.transaction(transaction.id()),
          Writer.encode(writer -> writer.raw(height).u32(place)));
    }
  }
}
