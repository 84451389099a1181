package nimble.training.role;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.blob.Rope;
import nimble.chain.Verdict;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.types.Hash;
import nimble.vm.audit.Projection;

/// All data of one audit as one stretch of bytes (R30): the length of the round's index in four
/// bytes, the index, and the blobs that the audited step takes, one after the other.
///
/// @param blobs by manifest
record Bundle(RoundIndex index, SortedMap<Hash, Bytes> blobs) {
  /// Far more than the leaves of the longest round take.
  private static final int INDEX_MAX = 64 << 20;

  Bundle {
    blobs = Collections.unmodifiableSortedMap(new TreeMap<>(blobs));
  }

  /// @param evidence of the round
  /// @param blobs all that the step takes
  static Rope of(RoundEvidence evidence, int step, SortedMap<Hash, Bytes> blobs) {
    Bytes index = evidence.index().encode();
    List<Bytes> pieces = new ArrayList<>();
    pieces.add(Bytes.ofU64(index.size()).slice(Integer.BYTES, Long.BYTES));
    pieces.add(index);
    for (BlobName name : evidence.wanted(step)) {
      Bytes blob = blobs.get(name.manifest());
      pieces.add(blob == null ? Bytes.EMPTY : blob);
    }
    return new Rope(pieces);
  }

  /// Checks every byte against what was committed to; takes no program.
  ///
  /// @throws Malformed when the bundle is not this audit's data
  static Bundle read(AuditDuty duty, Rope rope) throws Malformed {
    long length = new Reader(rope.read(0, Integer.BYTES)).u32();
    if (length > INDEX_MAX || length > rope.size()) {
      throw new Malformed("an index of %d bytes in a bundle of %d".formatted(length, rope.size()));
    }
    Bytes encoded = rope.read(Integer.BYTES, (int) length);
    RoundIndex index = Reader.decode(encoded, RoundIndex::read);
    Optional<String> problem =
        index.problem(duty.claimed().roots(), duty.plan(), duty.stage(), duty.round());
    if (problem.isPresent()) {
      throw new Malformed(problem.get());
    }
    TreeMap<Hash, Bytes> blobs = new TreeMap<>();
    long at = Integer.BYTES + length;
    for (BlobName name : duty.evidence(index).wanted(duty.audit().step())) {
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
    checkStart(duty, index, blobs);
    return new Bundle(index, blobs);
  }

  /// The one blob whose name is not committed to.
  private static void checkStart(AuditDuty duty, RoundIndex index, SortedMap<Hash, Bytes> blobs)
      throws Malformed {
    Optional<Bytes> start =
        index.start().flatMap(it -> Optional.ofNullable(blobs.get(it.manifest())));
    Optional<Hash> root = duty.claimed().stateRootBefore();
    if (start.isPresent()
        && !(root.isPresent()
            && CheckpointBlob.holds(
                duty.plan().stages().get(duty.stage()), start.get(), root.get()))) {
      throw new Malformed("the start state is not the one that the round before ended with");
    }
  }

  /// What an auditor answers that found the bundle not to be the data.
  static Outcome.Redone withheld(AuditDuty duty, String reason) {
    Optional<Projection> nothing =
        duty.mixed()
            ? Optional.of(new Projection(Bytes.wrap(new byte[Projection.SIZE])))
            : Optional.empty();
    return new Outcome.Redone(
        duty.id(), Verdict.REJECTED, duty.audit().withheld(), nothing, reason, 0);
  }
}
