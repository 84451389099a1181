package nimble.training.role.evidence;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.ClosedStage;
import nimble.types.Hash;
import nimble.vm.audit.Evidence;
import nimble.vm.data.DataSet;

/// A round of one stage as its miner keeps it, and as the chain has it.
///
/// @param blobs by name
public record RecordedStage(
    int stage, int round, RoundIndex index, ClosedStage closed, SortedMap<Hash, Bytes> blobs) {
  private static final int BYTES_MAX = Integer.MAX_VALUE;

  public RecordedStage {
    blobs = Collections.unmodifiableSortedMap(new TreeMap<>(blobs));
  }

  /// What its miner sends to the chain.
  ///
  /// @param number of the round
  public RoundCommit commit(StageSlot slot, int number) {
    var roots = closed.roots();
    return new RoundCommit(
        slot,
        number,
        0,
        roots.stateRootAfter(),
        roots.stepsRoot(),
        roots.leftRoot(),
        roots.rightRoot(),
        roots.losses().training(),
        roots.losses().validation());
  }

  public RoundEvidence evidence(Plan plan) {
    return new RoundEvidence(plan, stage, round, index, closed);
  }

  /// As an auditor has it that asked for an audit's blobs: index and blobs are checked against what
  /// the chain has.
  ///
  /// @throws Malformed when they are not what was committed to
  public Evidence fetched(Plan plan, int step, Hash seed, DataSet data) throws Malformed {
    Optional<String> problem = index.problem(closed.roots(), plan, stage, round);
    if (problem.isPresent()) {
      throw new Malformed(problem.get());
    }
    RoundEvidence evidence = evidence(plan);
    for (BlobName name : evidence.wanted(step)) {
      if (!name.isOf(blob(name))) {
        throw new Malformed("a blob is another one");
      }
    }
    return evidence.assemble(step, seed, this::blob, Optional.of(data));
  }

  /// What an auditor of that step fetches: the index, and blobs.
  public long fetchedBytes(Plan plan, int step) {
    List<BlobName> wanted = evidence(plan).wanted(step);
    return index.encode().size() + wanted.stream().mapToLong(BlobName::bytes).sum();
  }

  /// What its miner keeps until the round is settled.
  public long keptBytes() {
    return index.encode().size() + blobs.values().stream().mapToLong(Bytes::size).sum();
  }

  private Bytes blob(BlobName name) {
    return Optional.ofNullable(blobs.get(name.manifest())).orElseThrow();
  }

  public void write(Writer writer) {
    index.write(writer.u16(stage).u32(round));
    closed.write(writer);
    writer.list(
        List.copyOf(blobs.entrySet()),
        BYTES_MAX,
        (blob, to) -> {
          blob.getKey().write(to);
          to.bytes(blob.getValue(), BYTES_MAX);
        });
  }

  public static RecordedStage read(Reader reader) throws Malformed {
    int stage = reader.u16();
    int round = reader.length(Integer.MAX_VALUE);
    RoundIndex index = RoundIndex.read(reader);
    ClosedStage closed = ClosedStage.read(reader);
    SortedMap<Hash, Bytes> blobs = new TreeMap<>();
    for (int i = reader.length(BYTES_MAX); i > 0; i--) {
      blobs.put(Hash.read(reader), reader.bytes(BYTES_MAX));
    }
    return new RecordedStage(stage, round, index, closed, blobs);
  }
}
