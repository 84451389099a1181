package nimble.node.chain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.Family;
import nimble.storage.Retention;
import nimble.storage.StateTree;
import nimble.storage.TreeRoot;
import nimble.storage.TreeStore;
import nimble.training.JobEntry;

/// What an operator can do about the past of a chain that no node runs on: forget it, or go back to
/// it. One synced batch a step, so that the chain stands at a whole block after every one (N1).
public final class Past {
  private static final int NODES_PER_STEP = 1 << 16;

  private final Database database;
  private final FinalizedChain chain;
  private final TreeStore tree;

  public Past(Database database) {
    this.database = database;
    this.chain = new FinalizedChain(database);
    this.tree = chain.tree();
  }

  /// Deletes all that is not to be kept.
  public void prune(Retention states, Retention blocks) {
    long newest = chain.height();
    boolean more = true;
    while (more) {
      Batch batch = new Batch();
      boolean versions = tree.canPrune(newest, states);
      if (versions) {
        tree.prune(batch, newest, states, NODES_PER_STEP);
      }
      more = chain.bodies().prune(batch, newest, blocks, Integer.MAX_VALUE) || versions;
      database.commit(batch);
    }
  }

  /// The oldest block that the chain can go back to.
  public long oldest() {
    long height = chain.height();
    while (height > 0 && tree.keys(height).isPresent() && tree.root(height - 1).isPresent()) {
      height--;
    }
    return height;
  }

  /// Makes the parent of the newest block the newest. Whoever votes keeps its vote log: what was
  /// voted for stays so.
  public void stepBack() {
    Header newest = chain.tip();
    long height = newest.height().value();
    TreeRoot before = tree.root(height - 1).orElseThrow();
    List<Bytes> keys = tree.keys(height).orElseThrow();
    Batch batch = new Batch();
    Map<Bytes, Optional<Bytes>> written = new LinkedHashMap<>();
    for (Bytes key : keys) {
      database.get(Family.STATE, key).ifPresent(value -> written.put(key, Optional.of(value)));
      StateTree.value(tree, before, key)
          .ifPresentOrElse(
              value -> batch.put(Family.STATE, key, value), () -> batch.delete(Family.STATE, key));
    }
    for (JobEntry entry : JobEntry.in(written)) {
      batch.delete(Family.JOBS, ChainKeys.event(entry.job(), entry.sequence()));
    }
    tree.remove(batch, height);
    chain.bodies().remove(batch, height);
    batch.delete(Family.HEADERS, Bytes.ofU64(height));
    batch.delete(Family.INDEX, ChainKeys.digest(newest.digest()));
    batch.delete(Family.META, ChainKeys.certificate(height));
    if (newest.nextSetHash().isPresent()) {
      batch.delete(Family.META, ChainKeys.epoch(newest.epoch() + 1));
    }
    batch.put(Family.META, ChainKeys.TIP, Bytes.ofU64(height - 1));
    database.commit(batch);
  }
}
