package nimble.node.sync;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import nimble.chain.Header;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.light.EpochStep;
import nimble.light.Finality;
import nimble.node.chain.EpochStart;
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
      Optional<Snapshot> snapshot = proven(now, header, parts, cut);
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

  private static Optional<Snapshot> proven(
      FinalizedChain chain, Header header, StateParts parts, StateCut cut) {
    List<Header> headers = new ArrayList<>(List.of(header));
    while (headers.size() <= Finality.HEADERS_MAX) {
      long height = headers.getLast().height().value();
      Optional<Certificate> certificate = certificate(chain, height);
      if (certificate.isPresent()) {
        Finality finality = new Finality(headers, certificate.get());
        return Optional.of(
            new Snapshot(
                steps(chain, header.epoch()), finality, parts.entries(), parts.bytes(), cut));
      }
      Optional<Header> next = chain.header(height + 1);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      headers.add(next.get());
    }
    return Optional.empty();
  }

  /// What ends an epoch is always final by votes of its own.
  private static List<EpochStep> steps(FinalizedChain chain, long epoch) {
    List<EpochStep> steps = new ArrayList<>();
    for (long next = 1; next <= epoch; next++) {
      long number = next;
      EpochStart start =
          chain.epoch(number).orElseThrow(() -> new StorageFailure("no start of epoch " + number));
      Certificate votes =
          certificate(chain, start.last().height().value())
              .orElseThrow(() -> new StorageFailure("no votes for the end before " + number));
      steps.add(new EpochStep(start.last(), votes, start.set()));
    }
    return steps;
  }

  private static Optional<Certificate> certificate(FinalizedChain chain, long height) {
    return chain
        .certificate(height)
        .map(bytes -> {
          try {
            return Reader.decode(bytes, Certificate::read);
          } catch (Malformed e) {
            throw new StorageFailure(
                "the certificate of block %d is damaged: %s".formatted(height, e.reason()), e);
          }
        });
  }
}
