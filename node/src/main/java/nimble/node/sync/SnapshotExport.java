package nimble.node.sync;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import nimble.chain.Header;
import nimble.node.chain.FinalizedChain;
import nimble.storage.Contents;
import nimble.storage.StateCut;
import nimble.storage.StorageFailure;
import nimble.storage.file.FileSnapshot;
import nimble.storage.file.FileSnapshot.Draft;

/// Writes the state of a chain's newest block as a snapshot.
public final class SnapshotExport {
  /// What came of it; empty when nothing proves the block final yet.
  public record Written(FileSnapshot files, Snapshot snapshot) {}

  private SnapshotExport() {}

  /// @param state the chain as it stood after the block
  /// @param now the chain as it is now, where the block's certificate may have come
  /// @param directory which is not there yet
  /// @param stop asked now and then whether to give up
  public static Optional<Written> write(
      Contents state, FinalizedChain now, Path directory, BooleanSupplier stop) {
    Header header = new FinalizedChain(state).tip();
    Draft draft = FileSnapshot.begin(directory);
    boolean done = false;
    try {
      StateParts parts = new StateParts(state, draft, stop);
      StateCut cut = parts.cut((hash, part) -> draft.part(hash, part.encode()));
      if (!cut.root().equals(header.stateRoot())) {
        throw new StorageFailure(
            "the state of block %s is damaged: `nimble db verify` says where"
                .formatted(header.height()));
      }
      Optional<Snapshot> snapshot =
          now.finality(header.height().value())
              .map(finality -> new Snapshot(finality, parts.entries(), parts.bytes(), cut));
      if (snapshot.isPresent()) {
        EpochFiles.write(now, header.epoch(), draft);
      }
      Optional<Written> written = snapshot.map(it -> new Written(draft.finish(it.encode()), it));
      done = written.isPresent();
      return written;
    } catch (CancellationException e) {
      return Optional.empty();
    } finally {
      if (!done) {
        draft.discard();
      }
    }
  }
}
