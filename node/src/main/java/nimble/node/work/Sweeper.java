package nimble.node.work;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Reporter;
import nimble.node.loop.Owner;
import nimble.storage.BlobStore;
import nimble.storage.ChunkReferences;
import nimble.types.Hash;

/// Removes blobs that nobody needs (W6), on a thread of its own. What is new may be the beginning
/// of something that the chain does not know yet: it stays for [#GRACE_MILLIS].
public final class Sweeper implements Owner<Sweeper.Due> {
  public static final long EVERY_MILLIS = 600_000;
  public static final long GRACE_MILLIS = 3_600_000;

  private static final int LISTED = 4_096;

  /// It is time to look.
  public record Due() {}

  private final BlobStore store;
  private final FinalizedChain chain;
  private final Reporter reporter;
  private final Runnable later;

  /// Chunks that nobody needs, and since when.
  private SortedMap<Hash, Long> idle = new TreeMap<>();

  /// @param later says [Due] once [#EVERY_MILLIS] have passed
  public Sweeper(BlobStore store, FinalizedChain chain, Reporter reporter, Runnable later) {
    this.store = store;
    this.chain = chain;
    this.reporter = reporter;
    this.later = later;
    later.run();
  }

  @Override
  public void turn(long nowMillis, List<Due> inputs) {
    int removed = sweep(chain.still(this::needed), nowMillis);
    if (removed > 0) {
      reporter.info("blobs_swept", "chunks", removed, "bytes", store.bytesUsed());
    }
    later.run();
  }

  private ChunkReferences needed(FinalizedChain.Still now) {
    return new Wanted(now.state(), now.tip().moment().timeMillis()).in(store);
  }

  /// How many went.
  private int sweep(ChunkReferences needed, long nowMillis) {
    SortedMap<Hash, Long> still = new TreeMap<>();
    int removed = 0;
    List<Hash> some = store.list(Hash.ZERO, LISTED);
    while (!some.isEmpty()) {
      for (Hash chunk : some) {
        if (!needed.isNeeded(chunk)) {
          long since = Optional.ofNullable(idle.get(chunk)).orElse(nowMillis);
          if (nowMillis - since < GRACE_MILLIS) {
            still.put(chunk, since);
          } else if (store.delete(chunk)) {
            removed++;
          }
        }
      }
      some = store.list(some.getLast(), LISTED);
    }
    idle = still;
    return removed;
  }
}
