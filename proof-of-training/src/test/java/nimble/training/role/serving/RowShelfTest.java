package nimble.training.role.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.chain.StageSlot;
import nimble.training.role.EvidenceName;
import nimble.training.role.HostEffect;
import nimble.training.role.Tiny;
import nimble.training.role.serving.HostInput.OwedRows;
import nimble.types.Moment;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class RowShelfTest {
  private static final StageSlot SLOT = new StageSlot(Tiny.JOB, 0, 0);
  private static final EvidenceName ASK = new EvidenceName(SLOT, 1, 0, 3, EvidenceName.Kind.ASK);

  private final RowShelf shelf = new RowShelf();

  private void block(int height) {
    SortedSet<PublicKey> validators = new TreeSet<>(List.of(Tiny.key(1), Tiny.key(2)));
    List<OwedRows> owed = List.of(new OwedRows(SLOT, 1, 0));
    shelf.finalized(
        new HostInput.Finalized(new Moment(0, height), List.of(), owed, validators),
        List.of(),
        new ArrayList<>());
  }

  /// Documents that are read for so many questions.
  private int reads(int key, int questions) {
    List<HostEffect> effects = new ArrayList<>();
    for (int i = 0; i < questions; i++) {
      shelf.asked(Tiny.key(key), ASK, effects);
    }
    return effects.size();
  }

  @Test
  void r31OnlyValidatorsGetRowsAndNotTooOften() {
    block(1);
    assertEquals(0, reads(3, 1));
    assertEquals(RowShelf.ANSWERS_MAX, reads(1, 2 * RowShelf.ANSWERS_MAX));
    assertEquals(1, reads(2, 1));
    block(2);
    assertEquals(1, reads(1, 1));
  }
}
