package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.AuditCall.SketchCommit;
import nimble.chain.AuditCall.SketchOpen;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.Suspicion;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.types.Address;
import nimble.types.Hash;

/// The sketches of one stage's miner, of the running epoch and the one before (R22): nothing is
/// added before the chain holds the key's commitment.
final class Sketchbook {
  private static final int KEPT_MAX = 2;

  /// A direction that came before what is on the shelf was read.
  private record Early(long epoch, Address miner, long audit, Bytes direction) {}

  private final StageSlot slot;
  private final Address auditor;
  private final Auditor.Secrets secrets;
  private final SortedMap<Long, Sketch> sketches = new TreeMap<>();
  private final List<Early> early = new ArrayList<>();
  private final List<AuditorEffect> effects = new ArrayList<>();
  private Optional<SketchDuty> duty = Optional.empty();
  private boolean asked;
  private boolean found;

  Sketchbook(StageSlot slot, Address auditor, Auditor.Secrets secrets) {
    this.slot = slot;
    this.auditor = auditor;
    this.secrets = secrets;
  }

  /// The group of the shelf in which they are.
  static String group(StageSlot slot) {
    return "%s%d-%d".formatted(Auditor.SKETCHES, slot.job().value(), slot.stage());
  }

  void finalized(Optional<SketchDuty> newest) {
    duty = newest;
    newest.ifPresent(it -> {
      sketches
          .values()
          .removeIf(sketch ->
              sketch.epoch() + KEPT_MAX <= it.epoch() || !sketch.miner().equals(it.miner()));
      if (!asked) {
        asked = true;
        effects.add(new AuditorEffect.ReadDocument(group(slot)));
      }
    });
  }

  /// What is on the shelf; what cannot be read is as good as nothing.
  void found(Optional<Bytes> kept) {
    found = true;
    kept.ifPresent(bytes -> {
      try {
        Reader.decode(bytes, reader -> reader.list(KEPT_MAX, Sketch::read))
            .forEach(sketch -> sketches.putIfAbsent(sketch.epoch(), sketch));
      } catch (Malformed e) {
        sketches.clear();
      }
    });
    early.forEach(it -> add(it.epoch(), it.miner(), it.audit(), it.direction()));
    early.clear();
  }

  /// The epoch for which directions are taken now.
  OptionalLong open() {
    return duty.filter(it -> it.committed().equals(Optional.of(commitment(it.epoch()))))
        .map(it -> OptionalLong.of(it.epoch()))
        .orElse(OptionalLong.empty());
  }

  /// Of an epoch's sketch; secret until the epoch is over.
  Hash key(long epoch) {
    return secrets.key(slot, epoch);
  }

  /// @param epoch whose key the direction was seen under
  /// @param miner whose work it is
  void add(long epoch, Address miner, long audit, Bytes direction) {
    if (!found) {
      early.add(new Early(epoch, miner, audit, direction));
      return;
    }
    if (duty.filter(it -> it.miner().equals(miner)).isEmpty()) {
      return; // It left: nobody takes a report about it.
    }
    Sketch before =
        Optional.ofNullable(sketches.get(epoch))
            .filter(sketch -> sketch.miner().equals(miner))
            .orElse(Sketch.of(epoch, miner));
    Sketch after = before.add(audit, direction);
    if (!after.equals(before)) {
      sketches.put(epoch, after);
      effects.add(new AuditorEffect.WriteDocument(group(slot), encode()));
      effects.add(
          new AuditorEffect.Report(
              new AuditorProgress.Sketched(
                  slot, epoch, after.drift().count(), after.drift().milliZ())));
    }
  }

  private Bytes encode() {
    List<Sketch> all = List.copyOf(sketches.values());
    return Writer.encode(writer ->
        writer.list(
            all.subList(Math.max(0, all.size() - KEPT_MAX), all.size()), KEPT_MAX, Sketch::write));
  }

  /// What is to be said on chain: a key at an epoch's beginning, a drift once it is over.
  Optional<WorkCall> due() {
    return duty.flatMap(it -> report(it).or(() -> commit(it)));
  }

  private Optional<WorkCall> report(SketchDuty now) {
    long before = now.epoch() - 1;
    return Optional.ofNullable(sketches.get(before))
        .filter(sketch -> now.unopened().equals(Optional.of(commitment(before))))
        .filter(sketch -> sketch.miner().equals(now.miner()))
        .filter(sketch -> sketch.drift().milliZ() >= Suspicion.REPORT_MILLI_Z)
        .map(this::opening);
  }

  private Optional<WorkCall> commit(SketchDuty now) {
    return now.mayCommit()
        ? Optional.of(new SketchCommit(slot, auditor, now.epoch(), commitment(now.epoch())))
        : Optional.empty();
  }

  private SketchOpen opening(Sketch sketch) {
    return new SketchOpen(
        slot,
        auditor,
        sketch.epoch(),
        key(sketch.epoch()),
        sketch.miner(),
        sketch.drift().milliZ());
  }

  private Hash commitment(long epoch) {
    return SketchOpen.commitment(key(epoch), auditor);
  }

  List<AuditorEffect> effects() {
    List<AuditorEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }
}
