package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.p2p.Eviction.Inbound;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

/// Rule P12.
final class EvictionTest {
  private static final Bytes SALT = Bytes.utf8("salt");

  @Test
  void p12TheYoungestOfTheLargestGroupMakesRoom() {
    List<Inbound> inbound = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      inbound.add(new Inbound(Samples.peer(i), "honest" + i, i));
    }
    for (int i = 20; i < 40; i++) {
      inbound.add(new Inbound(Samples.peer(i), "crowd", i));
    }
    assertEquals(Optional.of(Samples.peer(39)), Eviction.victim(inbound, SALT));
  }

  @Test
  void p12AFewAreNeverEvicted() {
    List<Inbound> inbound = new ArrayList<>();
    for (int i = 0; i <= Eviction.GROUPS_KEPT; i++) {
      inbound.add(new Inbound(Samples.peer(i), "group" + i, i));
    }
    assertEquals(Optional.empty(), Eviction.victim(inbound, SALT));
    assertEquals(Optional.empty(), Eviction.victim(List.of(), SALT));
  }

  /// Whatever comes later, from however many addresses of few groups, the first stay.
  @Test
  void p12AFloodDoesNotPushOutWhoCameBefore() {
    List<Inbound> inbound = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      inbound.add(new Inbound(Samples.peer(i), "honest" + i, i));
    }
    for (int i = 32; i < 2_000; i++) {
      if (inbound.size() == 64) {
        Optional<PublicKey> victim = Eviction.victim(inbound, SALT);
        assertTrue(victim.isPresent());
        inbound.removeIf(it -> it.peer().equals(victim.get()));
      }
      inbound.add(new Inbound(Samples.peer(i), "attacker" + i % 3, i));
    }
    assertEquals(32, inbound.stream().filter(it -> it.group().startsWith("honest")).count());
  }
}
