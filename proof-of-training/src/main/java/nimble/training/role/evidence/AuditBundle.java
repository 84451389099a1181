package nimble.training.role.evidence;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.ByteSource;
import nimble.codec.Malformed;
import nimble.training.Audit;
import nimble.types.Hash;
import nimble.vm.audit.Evidence;
import nimble.vm.data.DataSet;

/// All that an audit is about, as it came: what of it is not what was committed to shows when it is
/// put together.
///
/// @param mixed it is heard across classes
/// @param standing the bench stands where the round begins since its last audit
/// @param blobs by manifest
/// @param text the data set; empty where the stage does not read it
/// @param sketchKey under which it is seen in which direction the miner is off (R22)
public record AuditBundle(
    Audit audit,
    RoundEvidence round,
    boolean mixed,
    boolean standing,
    SortedMap<Hash, ? extends ByteSource> blobs,
    Optional<? extends ByteSource> text,
    Optional<Hash> sketchKey) {
  public AuditBundle {
    blobs = Collections.unmodifiableSortedMap(new TreeMap<>(blobs));
  }

  /// Without a sketch.
  public AuditBundle(
      Audit audit,
      RoundEvidence round,
      boolean mixed,
      boolean standing,
      SortedMap<Hash, ? extends ByteSource> blobs,
      Optional<? extends ByteSource> text) {
    this(audit, round, mixed, standing, blobs, text, Optional.empty());
  }

  /// The same, and the direction is asked for.
  ///
  /// @param key of the sketch
  public AuditBundle sketching(Hash key) {
    return new AuditBundle(audit, round, mixed, standing, blobs, text, Optional.of(key));
  }

  /// All of it checked against what was committed to.
  ///
  /// @throws Malformed when some of it is something else
  public Evidence evidence() throws Malformed {
    Optional<DataSet> data = text.map(round.plan()::open);
    return standing
        ? round.assembleOn(audit.step(), audit.seed(), this::blob, data)
        : round.assemble(audit.step(), audit.seed(), this::blob, data);
  }

  private ByteSource blob(BlobName name) {
    return Optional.ofNullable(blobs.get(name.manifest())).orElseThrow();
  }
}
