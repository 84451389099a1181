package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

final class OverlayTest {
  private static final Bytes KEY = Bytes.utf8("key");

  @Test
  void readsFallThroughAndWritesStay() {
    Overlay parent = new Overlay(StateView.EMPTY);
    parent.put(KEY, Bytes.utf8("old"));
    Overlay child = new Overlay(parent);
    assertEquals(Optional.of(Bytes.utf8("old")), child.get(KEY));
    child.remove(KEY);
    assertEquals(Optional.empty(), child.get(KEY));
    assertEquals(Optional.of(Bytes.utf8("old")), parent.get(KEY));
    child.commit(parent);
    assertEquals(Optional.empty(), parent.get(KEY));
    assertEquals(Optional.empty(), parent.writes().get(KEY), "a removal is a write");
  }

  @Test
  void stateThatDoesNotDecodeStopsTheNode() {
    Overlay state = new Overlay(StateView.EMPTY);
    state.put(Keys.of(Keys.SUPPLY), Bytes.utf8("?"));
    assertThrows(IllegalStateException.class, () -> Supply.of(state));
  }

  @Test
  void towerOfOverlaysIsOneMap() {
    Seeds.forEach(
        200,
        random -> {
          TreeMap<Bytes, Bytes> expected = new TreeMap<>();
          List<Overlay> tower = new ArrayList<>(List.of(new Overlay(StateView.EMPTY)));
          for (int i = 0; i < 100; i++) {
            step(random, expected, tower);
          }
          Overlay top = tower.getLast();
          for (int key = 0; key < 8; key++) {
            Bytes bytes = Bytes.ofU64(key);
            assertEquals(Optional.ofNullable(expected.get(bytes)), top.get(bytes));
          }
          StateView same = tower.get(0);
          for (Overlay overlay : tower.subList(1, tower.size())) {
            same = Overlay.of(same, overlay.writes());
          }
          for (int key = 0; key < 8; key++) {
            assertEquals(top.get(Bytes.ofU64(key)), same.get(Bytes.ofU64(key)));
          }
        });
  }

  private static void step(
      SplittableRandom random, Map<Bytes, Bytes> expected, List<Overlay> tower) {
    Bytes key = Bytes.ofU64(random.nextInt(8));
    Bytes value = Bytes.ofU64(random.nextLong());
    switch (random.nextInt(6)) {
      case 0 -> tower.add(new Overlay(tower.getLast()));
      case 1 -> {
        if (tower.size() > 1) {
          Overlay last = tower.removeLast();
          last.commit(tower.getLast());
        }
      }
      case 2, 3 -> {
        expected.remove(key);
        tower.getLast().remove(key);
      }
      default -> {
        expected.put(key, value);
        tower.getLast().put(key, value);
      }
    }
  }
}
