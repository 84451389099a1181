package nimble.node.sync;

import java.util.List;
import nimble.chain.Header;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Reporter;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.storage.Database;

/// Writes this node's snapshots (S3), one at a time, on a thread of its own.
public final class SnapshotKeeper implements Owner<SnapshotKeeper.Input> {
  /// @param state the chain as it stood after the block to keep
  public record Input(Database.View state) {}

  private final Snapshots snapshots;
  private final FinalizedChain chain;
  private final Reporter reporter;

  public SnapshotKeeper(Snapshots snapshots, FinalizedChain chain, Reporter reporter) {
    this.snapshots = snapshots;
    this.chain = chain;
    this.reporter = reporter;
  }

  /// Takes a view when `newest`, which was made final this moment, is to be kept. A block that
  /// comes while another is still written is left out, and one that others have followed already:
  /// blocks that become durable together are told of together.
  ///
  /// @param every blocks; 0 for never
  public static void offer(Inbox<Input> keeper, Database database, Header newest, long every) {
    if (every > 0 && newest.height().value() % every == 0) {
      Database.View state = database.view();
      boolean isNewest = new FinalizedChain(state).height() == newest.height().value();
      if (!isNewest || !keeper.offer(new Input(state))) {
        state.close();
      }
    }
  }

  @Override
  public void turn(long nowMillis, List<Input> inputs) {
    for (Input input : inputs) {
      try (Database.View state = input.state()) {
        keep(state, new FinalizedChain(state).height());
      }
    }
  }

  private void keep(Database.View state, long height) {
    if (!snapshots.has(height)) {
      SnapshotExport.write(state, chain, snapshots.place(height), snapshots::isClosing)
          .ifPresentOrElse(
              written -> {
                snapshots.add(written);
                reporter.info(
                    "snapshot_written",
                    "height",
                    height,
                    "entries",
                    written.snapshot().entries(),
                    "bytes",
                    written.snapshot().bytes());
              },
              () -> reporter.info("snapshot_given_up", "height", height, "reason", "no proof"));
    }
  }
}
