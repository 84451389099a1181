package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.blob.Blob;
import nimble.blob.ReedSolomon;
import nimble.blob.Rope;
import nimble.blob.Shards;
import nimble.chain.AuditId;
import nimble.codec.ByteSource;
import nimble.training.Audit;
import nimble.training.role.MinerEffect;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.Bundle;
import nimble.training.role.evidence.RoundEvidence;
import nimble.types.Hash;

/// What auditors say that they cannot get from this miner: the data of each such audit is gathered
/// from the shelf, cut into shards, and kept there for validators to fetch (R30).
final class Deliveries {
  private static final class Delivery {
    private final ShardOrder order;
    private final RoundEvidence evidence;
    private final SortedMap<Hash, ByteSource> blobs = new TreeMap<>();
    private final SortedSet<Hash> fetching = new TreeSet<>();
    private boolean done;

    Delivery(ShardOrder order, RoundEvidence evidence) {
      this.order = order;
      this.evidence = evidence;
    }

    List<BlobName> wanted() {
      return evidence.wanted(order.audit().step());
    }
  }

  private final Archive archive;
  private final SortedMap<AuditId, Delivery> deliveries = new TreeMap<>();
  private final List<MinerEffect> effects = new ArrayList<>();
  private long tasks;

  Deliveries(Archive archive) {
    this.archive = archive;
  }

  /// @param orders all of them; what an earlier process cut is not cut again
  void finalized(List<ShardOrder> orders) {
    deliveries.keySet().removeIf(id -> orders.stream().noneMatch(it -> it.audit().id().equals(id)));
    for (ShardOrder order : orders) {
      if (!deliveries.containsKey(order.audit().id()) && !archive.has(order.group())) {
        archive
            .index(order.round())
            .ifPresent(index ->
                deliveries.put(order.audit().id(), new Delivery(order, order.evidence(index))));
      }
    }
    deliveries.values().stream().filter(it -> !it.done).forEach(this::gather);
  }

  /// What failed is asked for again with the next block.
  private void gather(Delivery delivery) {
    for (BlobName name : delivery.wanted()) {
      if (!delivery.blobs.containsKey(name.manifest()) && delivery.fetching.add(name.manifest())) {
        ShelfGroup group = archive.holding(name).orElse(delivery.order.round());
        effects.add(
            new MinerEffect.FetchEvidence(group.name(), name.manifest(), List.of(), name.bytes()));
      }
    }
    cut(delivery);
  }

  void fetched(Hash manifest, ByteSource blob) {
    for (Delivery delivery : deliveries.values()) {
      if (delivery.fetching.remove(manifest)) {
        delivery.blobs.put(manifest, blob);
        cut(delivery);
      }
    }
  }

  void failed(Hash manifest) {
    deliveries.values().forEach(it -> it.fetching.remove(manifest));
  }

  private void cut(Delivery delivery) {
    boolean whole =
        delivery.wanted().stream().allMatch(name -> delivery.blobs.containsKey(name.manifest()));
    if (!whole || delivery.done) {
      return;
    }
    delivery.done = true;
    Audit audit = delivery.order.audit();
    ReedSolomon code = delivery.order.code();
    Rope bundle = Bundle.of(delivery.evidence, audit.step(), delivery.blobs);
    delivery.blobs.clear();
    tasks--; // Below those of stages.
    effects.add(
        new MinerEffect.Compute(
            audit.slot(), tasks, () -> new Outcome.Cut(audit.id(), Shards.cut(code, bundle))));
  }

  /// The list is written last: with it on the shelf all shards are.
  void cut(Outcome.Cut outcome) {
    Optional.ofNullable(deliveries.get(outcome.audit()))
        .ifPresent(delivery -> {
          ShelfGroup group = delivery.order.group();
          for (Blob shard : outcome.shards().shards()) {
            archive.keep(group, shard);
          }
          archive.write(group, outcome.shards().list().encode());
        });
  }

  List<MinerEffect> effects() {
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }
}
