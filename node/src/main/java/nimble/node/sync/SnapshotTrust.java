package nimble.node.sync;

import java.util.Optional;
import java.util.stream.Stream;
import nimble.chain.Header;
import nimble.codec.Malformed;
import nimble.genesis.Genesis;
import nimble.light.Checkpoint;
import nimble.light.EpochStep;
import nimble.light.TrustPeriod;
import nimble.light.Verifier;

/// What a node believes before it has anything: its genesis, and perhaps one block of the chain
/// (S2).
public record SnapshotTrust(Genesis genesis, Optional<Checkpoint> checkpoint) {
  /// Malformed says why this snapshot proves nothing.
  public void check(Snapshot snapshot, long nowMillis) throws Malformed {
    Header header = snapshot.header();
    if (!snapshot.cut().root().equals(header.stateRoot())) {
      throw new Malformed("its parts are not the state of block %s".formatted(header.height()));
    }
    Verifier verifier = Verifier.of(genesis);
    for (EpochStep step : snapshot.steps()) {
      verifier = verifier.follow(step);
    }
    verifier.verify(snapshot.finality());
    Optional<String> tooOld = TrustPeriod.of(genesis).refuses(trustedMillis(snapshot), nowMillis);
    if (tooOld.isPresent()) {
      throw new Malformed(tooOld.get());
    }
  }

  /// Old keys can sign another past, but none that leads over a block that the operator knows.
  private long trustedMillis(Snapshot snapshot) throws Malformed {
    if (checkpoint.isEmpty()) {
      return genesis.timeMillis();
    }
    return Stream.concat(
            snapshot.steps().stream().map(EpochStep::boundary),
            snapshot.finality().headers().stream())
        .filter(checkpoint.get()::names)
        .findFirst()
        .map(Header::timeMillis)
        .orElseThrow(() ->
            new Malformed(
                "it does not lead over the trusted block %s; trust the last block of an epoch, or the snapshot's own"
                    .formatted(checkpoint.get())));
  }
}
