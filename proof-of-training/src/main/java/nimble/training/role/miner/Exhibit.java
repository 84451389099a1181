package nimble.training.role.miner;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.ByteSource;
import nimble.training.Audit;
import nimble.training.ClosedStage;
import nimble.training.role.MinerEffect;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.RoundEvidence;
import nimble.types.Hash;

/// One audited step of an earlier round, and what the miner has of it by now.
final class Exhibit {
  private final Audit audit;
  private final RoundEvidence evidence;
  private final Optional<Hash> data;
  private final SortedMap<Hash, ByteSource> blobs = new TreeMap<>();

  private Exhibit(Audit audit, RoundEvidence evidence, Optional<Hash> data) {
    this.audit = audit;
    this.evidence = evidence;
    this.data = data;
  }

  /// Empty when the round is not on the shelf.
  static Optional<Exhibit> of(
      Archive archive, Accusations about, Audit audit, ClosedStage claimed) {
    Optional<Hash> data =
        about.readsData() ? Optional.of(about.plan().data().manifest()) : Optional.empty();
    return archive
        .index(round(audit))
        .map(index ->
            new RoundEvidence(about.plan(), about.slot().stage(), audit.round(), index, claimed))
        .map(all -> new Exhibit(audit, all, data));
  }

  private static ShelfGroup round(Audit audit) {
    return ShelfGroup.round(audit.slot(), audit.attempt(), audit.round());
  }

  RoundEvidence evidence() {
    return evidence;
  }

  /// What [RoundEvidence#wanted] names, and the data set where the stage reads it.
  SortedMap<Hash, ByteSource> blobs() {
    return blobs;
  }

  boolean isWhole() {
    return wanted().stream().allMatch(name -> blobs.containsKey(name.manifest()))
        && data.filter(it -> !blobs.containsKey(it)).isEmpty();
  }

  void fetched(Hash manifest, ByteSource blob) {
    if (data.equals(Optional.of(manifest))
        || wanted().stream().anyMatch(name -> name.manifest().equals(manifest))) {
      blobs.put(manifest, blob);
    }
  }

  /// Asks for what is missing.
  void fetch(Archive archive, List<MinerEffect> effects) {
    for (BlobName name : wanted()) {
      if (!blobs.containsKey(name.manifest())) {
        ShelfGroup group = archive.holding(name).orElse(round(audit));
        effects.add(
            new MinerEffect.FetchEvidence(group.name(), name.manifest(), List.of(), name.bytes()));
      }
    }
    data.filter(it -> !blobs.containsKey(it))
        .ifPresent(it -> effects.add(new MinerEffect.FetchData(it)));
  }

  private List<BlobName> wanted() {
    return evidence.wanted(audit.step());
  }
}
