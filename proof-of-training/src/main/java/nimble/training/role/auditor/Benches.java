package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import nimble.chain.StageSlot;
import nimble.training.role.AuditorEffect;

/// What stages may hold for audits of training on this machine (R13, R35).
///
/// @param countMax stages whose memory is kept between audits
/// @param bytesMax of all stages that hold memory at one time
record Benches(int countMax, long bytesMax) {
  private static final int COUNT_MAX = 16;

  static Benches ofBytes(long bytesMax) {
    return new Benches(COUNT_MAX, bytesMax);
  }

  static Benches ofCount(int countMax) {
    return new Benches(countMax, Long.MAX_VALUE);
  }

  /// There will never be room for so much.
  boolean isTooSmallFor(long bytes) {
    return bytes > bytesMax;
  }

  /// Bytes that are left beside the stages that hold memory now.
  long left(Collection<AuditorStage> stages) {
    long left = bytesMax;
    for (AuditorStage stage : stages) {
      left -= stage.holdsMemory() ? Math.min(left, stage.memoryBytes()) : 0;
    }
    return left;
  }

  /// What follows for each stage; what begins has taken its memory before the next is asked.
  List<AuditorEffect> effects(Collection<AuditorStage> stages) {
    List<AuditorEffect> all = new ArrayList<>();
    long left = left(stages);
    for (AuditorStage stage : stages) {
      boolean held = stage.holdsMemory();
      all.addAll(stage.effects(left));
      left -= !held && stage.holdsMemory() ? Math.min(left, stage.memoryBytes()) : 0;
    }
    return all;
  }

  /// Of more benches than there is memory for, those rest that nobody needs now; one by one where
  /// another stage waits for memory.
  ///
  /// @param inUse stages whose audits go on
  /// @param crowded an audit waits for memory
  List<AuditorEffect> rest(
      Collection<AuditorStage> stages, SortedSet<StageSlot> inUse, boolean crowded) {
    long left = left(stages);
    boolean waits =
        crowded || stages.stream().anyMatch(it -> it.wantsMemory() && !it.fitsInto(left));
    long benches = stages.stream().filter(AuditorStage::hasBench).count();
    return stages.stream()
        .filter(stage -> stage.hasBench() && stage.free())
        .filter(stage -> !inUse.contains(stage.duty().slot()))
        .limit(Math.max(benches - countMax, waits ? 1 : 0))
        .map(AuditorStage::rest)
        .toList();
  }
}
