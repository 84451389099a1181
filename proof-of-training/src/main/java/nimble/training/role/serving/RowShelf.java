package nimble.training.role.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.training.role.EvidenceName;
import nimble.training.role.HostEffect;
import nimble.training.role.SendTensor;
import nimble.training.role.serving.HostInput.OwedRows;
import nimble.types.PublicKey;

/// What a host answers for: the rows of receipts that are not settled, whether or not it still has
/// the seat, in whatever process (R31).
final class RowShelf {
  /// Answers that one validator gets between two blocks.
  static final int ANSWERS_MAX = 16;

  private final SortedMap<String, List<SendTensor>> asking = new TreeMap<>();
  private final SortedSet<String> known = new TreeSet<>();
  private final SortedMap<PublicKey, Integer> answers = new TreeMap<>();
  private List<OwedRows> owed = List.of();
  private SortedSet<PublicKey> validators = new TreeSet<>();
  private boolean begun;

  /// @param used groups that are being filled
  void finalized(HostInput.Finalized finalized, List<String> used, List<HostEffect> effects) {
    owed = finalized.owed();
    validators = finalized.validators();
    answers.clear();
    if (!begun) {
      begun = true;
      effects.add(new HostEffect.FindEvidence());
    }
    SortedSet<String> needed = new TreeSet<>(used);
    owed.forEach(rows -> needed.add(rows.group()));
    known.stream()
        .filter(group -> !needed.contains(group))
        .forEach(group -> effects.add(new HostEffect.DropEvidence(group)));
    known.clear();
    known.addAll(needed);
  }

  /// What an earlier process left.
  void found(SortedSet<String> groups) {
    groups.stream()
        .filter(group -> group.startsWith(RowBook.GROUPS))
        .forEach(group -> known.add(group));
  }

  void asked(PublicKey from, EvidenceName name, List<HostEffect> effects) {
    if (name.kind() != EvidenceName.Kind.ASK || !validators.contains(from)) {
      return;
    }
    Optional<OwedRows> rows =
        owed.stream()
            .filter(it -> it.slot().equals(name.slot()) && it.attempt() == name.attempt())
            .findFirst();
    if (rows.isPresent() && answers.merge(from, 1, Integer::sum) <= ANSWERS_MAX) {
      String group = rows.get().group();
      SendTensor answer = new SendTensor(from, name.as(EvidenceName.Kind.INDEX), Bytes.EMPTY);
      asking.computeIfAbsent(group, _ -> new ArrayList<>()).add(answer);
      effects.add(new HostEffect.ReadEvidence(group));
    }
  }

  void read(String group, Optional<Bytes> contents, List<HostEffect> effects) {
    List<SendTensor> answers = asking.remove(group);
    if (answers != null && contents.isPresent()) {
      answers.forEach(to -> effects.add(new SendTensor(to.to(), to.name(), contents.get())));
    }
  }
}
