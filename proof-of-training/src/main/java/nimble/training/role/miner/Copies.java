package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.training.role.Calls;
import nimble.training.role.KeepDuty;
import nimble.training.role.MinerEffect;
import nimble.types.Moment;

/// The checkpoints of the stages before its own that a miner keeps: fetched, checked, said so on
/// chain, and served as long as the job may go back to them (R21).
final class Copies {
  private enum Place {
    ELSEWHERE,
    ON_ITS_WAY,
    BEING_CHECKED,
    HERE
  }

  private static final class Copy {
    private final Calls calls = new Calls();
    private KeepDuty duty;
    private Place place = Place.ELSEWHERE;

    Copy(KeepDuty duty) {
      this.duty = duty;
    }
  }

  private final Archive archive;
  private final SortedMap<String, Copy> copies = new TreeMap<>();
  private final List<MinerEffect> effects = new ArrayList<>();
  private long tasks;

  Copies(Archive archive) {
    this.archive = archive;
  }

  /// @param duties all of them; a copy that is none any more is forgotten
  void finalized(Moment now, List<KeepDuty> duties) {
    SortedMap<String, KeepDuty> wanted = new TreeMap<>();
    duties.forEach(duty -> wanted.put(ShelfGroup.copy(duty).name(), duty));
    copies.keySet().retainAll(wanted.keySet());
    wanted.forEach((group, duty) -> {
      Copy copy = copies.computeIfAbsent(group, _ -> new Copy(duty));
      copy.duty = duty;
      follow(group, copy, now);
    });
  }

  /// What is on the shelf since an earlier process is not sent again.
  private void follow(String group, Copy copy, Moment now) {
    switch (copy.place) {
      case ELSEWHERE -> {
        copy.place = Place.ON_ITS_WAY;
        archive.expect(ShelfGroup.copy(copy.duty));
        effects.add(
            new MinerEffect.FetchEvidence(
                group, copy.duty.manifest(), copy.duty.sources(), copy.duty.bytes()));
      }
      case HERE -> {
        if (copy.duty.kept()) {
          copy.calls.none();
        } else {
          copy.calls
              .due(copy.duty.call(), now)
              .map(MinerEffect.Submit::new)
              .ifPresent(effects::add);
        }
      }
      case ON_ITS_WAY, BEING_CHECKED -> {}
    }
  }

  void fetched(String group, ByteSource blob) {
    Copy copy = copies.get(group);
    if (copy != null && copy.place == Place.ON_ITS_WAY) {
      copy.place = Place.BEING_CHECKED;
      tasks++;
      effects.add(new MinerEffect.Compute(copy.duty.slot(), tasks, copy.duty.check(group, blob)));
    }
  }

  /// Tried again with the next block.
  void failed(String group) {
    Copy copy = copies.get(group);
    if (copy != null && copy.place == Place.ON_ITS_WAY) {
      copy.place = Place.ELSEWHERE;
    }
  }

  /// Of a blob that is not the state nothing is said: its miner answers for it.
  void checked(String group, boolean right) {
    Copy copy = copies.get(group);
    if (copy != null) {
      Invariant.check(copy.place == Place.BEING_CHECKED, "nobody checks %s", group);
      copy.place = right ? Place.HERE : Place.ELSEWHERE;
      if (!right) {
        effects.add(new MinerEffect.DropEvidence(group));
      }
    }
  }

  List<MinerEffect> effects() {
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }
}
