package nimble.training.role.evidence;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.blob.Rope;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.Audit;
import nimble.training.ClosedStage;
import nimble.types.Hash;
import nimble.vm.StageSpec;

/// All data of one audit as one stretch of bytes (R30): the length of the round's index in four
/// bytes, the index, and the blobs that the audited step takes, one after the other.
///
/// @param blobs by manifest
public record Bundle(RoundIndex index, SortedMap<Hash, Bytes> blobs) {
  /// Far more than the leaves of the longest round take.
  private static final int INDEX_MAX = 64 << 20;

  public Bundle {
    blobs = Collections.unmodifiableSortedMap(new TreeMap<>(blobs));
  }

  /// @param evidence of the round
  /// @param blobs all that the step takes
  public static Rope of(
      RoundEvidence evidence, int step, SortedMap<Hash, ? extends ByteSource> blobs) {
    Bytes index = evidence.index().encode();
    List<ByteSource> pieces = new ArrayList<>();
    pieces.add(Bytes.ofU64(index.size()).slice(Integer.BYTES, Long.BYTES));
    pieces.add(index);
    for (BlobName name : evidence.wanted(step)) {
      ByteSource blob = blobs.get(name.manifest());
      pieces.add(blob == null ? Bytes.EMPTY : blob);
    }
    return new Rope(pieces);
  }

  /// Checks every byte against what was committed to; takes no program.
  ///
  /// @param claimed what the audited miner committed to
  /// @throws Malformed when the bundle is not this audit's data
  public static Bundle read(Plan plan, Audit audit, ClosedStage claimed, Rope rope)
      throws Malformed {
    int stage = audit.slot().stage();
    long length = new Reader(rope.read(0, Integer.BYTES)).u32();
    if (length > INDEX_MAX || length > rope.size()) {
      throw new Malformed("an index of %d bytes in a bundle of %d".formatted(length, rope.size()));
    }
    Bytes encoded = rope.read(Integer.BYTES, (int) length);
    RoundIndex index = Reader.decode(encoded, RoundIndex::read);
    Optional<String> problem = index.problem(claimed.roots(), plan, stage, audit.round());
    if (problem.isPresent()) {
      throw new Malformed(problem.get());
    }
    RoundEvidence evidence = new RoundEvidence(plan, stage, audit.round(), index, claimed);
    TreeMap<Hash, Bytes> blobs = new TreeMap<>();
    long at = Integer.BYTES + length;
    for (BlobName name : evidence.wanted(audit.step())) {
      if (name.bytes() > rope.size() - at) {
        throw new Malformed("the bundle ends too early");
      }
      Bytes blob = rope.read(at, (int) name.bytes());
      if (!Blob.of(blob).id().equals(name.manifest())) {
        throw new Malformed("a blob of the bundle is another than was committed to");
      }
      blobs.put(name.manifest(), blob);
      at += name.bytes();
    }
    if (at != rope.size()) {
      throw new Malformed("%d bytes follow the bundle".formatted(rope.size() - at));
    }
    checkStart(evidence, blobs);
    return new Bundle(index, blobs);
  }

  /// The one blob whose name is not committed to.
  private static void checkStart(RoundEvidence evidence, SortedMap<Hash, Bytes> blobs)
      throws Malformed {
    Optional<Bytes> start =
        evidence.index().start().flatMap(it -> Optional.ofNullable(blobs.get(it.manifest())));
    Optional<Hash> root = evidence.claimed().stateRootBefore();
    StageSpec stage = evidence.plan().stages().get(evidence.stage());
    if (start.isPresent()
        && !(root.isPresent() && CheckpointBlob.holds(stage, start.get(), root.get()))) {
      throw new Malformed("the start state is not the one that the round before ended with");
    }
  }
}
