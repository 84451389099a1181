package nimble.node.sync;

import java.util.Optional;
import java.util.stream.Stream;
import nimble.chain.Header;
import nimble.codec.Malformed;
import nimble.light.EpochStep;
import nimble.light.TrustPeriod;
import nimble.light.Verifier;

/// How far the epochs are known (S2). Immutable.
///
/// @param trusted the block that the operator trusts, once it was passed
record Way(SnapshotTrust trust, Verifier verifier, Optional<Header> trusted) {
  static Way begin(SnapshotTrust trust) throws Malformed {
    return new Way(trust, Verifier.of(trust.genesis()), Optional.empty());
  }

  /// The epoch whose blocks it can tell from others.
  long epoch() {
    return verifier.epoch();
  }

  /// Whether no other way can be as good as this one. Keys of long ago can sign another past, but
  /// none that leads over a block that the operator knows (S9).
  boolean isSure() {
    return trust.checkpoint().isEmpty() || trusted.isPresent();
  }

  Way follow(EpochStep step) throws Malformed {
    Verifier next = verifier.follow(step);
    return new Way(trust, next, trusted.or(() -> trusted(Stream.of(step.boundary()))))
        .checkPassed(step.boundary());
  }

  private Way checkPassed(Header boundary) throws Malformed {
    if (!isSure() && !isBeforeTrusted(boundary)) {
      throw notOver();
    }
    return this;
  }

  /// Whether the snapshot is too old for what the operator trusts, and no lie for that.
  boolean isTooOld(Snapshot snapshot) {
    return snapshot.finality().headers().stream().allMatch(this::isBeforeTrusted);
  }

  private boolean isBeforeTrusted(Header header) {
    return trust.checkpoint().filter(it -> header.height().compareTo(it.height()) < 0).isPresent();
  }

  /// This way, sure if it was not; Malformed says why a snapshot of this epoch proves nothing.
  Way prove(Snapshot snapshot, long nowMillis) throws Malformed {
    snapshot.checkParts();
    verifier.verify(snapshot.finality());
    Optional<Header> passed =
        trusted
            .filter(_ -> !isTooOld(snapshot))
            .or(() -> trusted(snapshot.finality().headers().stream()));
    if (trust.checkpoint().isPresent() && passed.isEmpty()) {
      throw notOver();
    }
    long since = passed.map(Header::timeMillis).orElse(trust.genesis().timeMillis());
    Optional<String> tooOld = TrustPeriod.of(trust.genesis()).refuses(since, nowMillis);
    if (tooOld.isPresent()) {
      throw new Malformed(tooOld.get());
    }
    return new Way(trust, verifier, passed);
  }

  private Optional<Header> trusted(Stream<Header> headers) {
    return headers
        .filter(header -> trust.checkpoint().filter(it -> it.names(header)).isPresent())
        .findFirst();
  }

  private Malformed notOver() {
    return new Malformed(
        "it does not lead over the trusted block %s; trust the last block of an epoch, or the snapshot's own"
            .formatted(trust.checkpoint().orElseThrow()));
  }
}
