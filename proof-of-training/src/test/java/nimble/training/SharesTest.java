package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nimble.blob.ReedSolomon;
import nimble.chain.ValidatorSet;
import nimble.sim.Seeds;
import nimble.types.Address;
import org.junit.jupiter.api.Test;

/// Who holds which shards (J33).
final class SharesTest {
  private static List<Long> stakes(SplittableRandom random, int count) {
    List<Long> stakes = new ArrayList<>();
    int spread = random.nextInt(1, 50);
    for (int i = 0; i < count; i++) {
      stakes.add(1 + (random.nextLong() >>> (14 + random.nextInt(spread))));
    }
    return stakes;
  }

  private static long sum(List<Long> stakes) {
    return stakes.stream().mapToLong(it -> it).sum();
  }

  @Test
  void j33EverybodyHoldsSomeAndAllShardsAreHeldOnce() {
    Seeds.forEach(
        200,
        random -> {
          int count = 1 + random.nextInt(ValidatorSet.VALIDATORS_MAX);
          Shares shares = Shares.of(stakes(random, count));
          List<Integer> all =
              IntStream.range(0, count).boxed().flatMap(i -> shares.of(i).stream()).toList();
          assertEquals(IntStream.range(0, shares.code().total()).boxed().toList(), all);
          assertTrue(all.size() <= ReedSolomon.SHARDS_MAX);
          assertTrue(shares.counts().stream().allMatch(it -> it > 0));
        });
  }

  /// The sets that come nearest to a third from above, of many orders.
  @Test
  void j33WhoHasMoreThanAThirdOfAllStakeHasShardsEnough() {
    Seeds.forEach(
        300,
        random -> {
          int count = 1 + random.nextInt(ValidatorSet.VALIDATORS_MAX);
          List<Long> stakes = stakes(random, count);
          Shares shares = Shares.of(stakes);
          List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
          for (int i = count - 1; i > 0; i--) {
            Collections.swap(order, i, random.nextInt(i + 1));
          }
          long held = 0;
          int shards = 0;
          for (int i : order) {
            held += stakes.get(i);
            shards += shares.counts().get(i);
            if (held > sum(stakes) / 3 && 3 * (held - sum(stakes) / 3) > sum(stakes) % 3) {
              assertTrue(
                  shards >= shares.code().needed(), shards + " of " + shares.code().needed());
              return;
            }
          }
        });
  }

  @Test
  void j33EqualStakesGetFourEach() {
    for (int count = 1; count <= 51; count++) {
      Shares shares = Shares.of(Collections.nCopies(count, 1_000L));
      assertEquals(Collections.nCopies(count, 4), shares.counts());
      assertEquals((4 * count - 1) / 3 + 1, shares.code().needed());
    }
  }

  @Test
  void j33ABundleIsFoundWhenMoreThanTwoThirdsHoldTheSame() {
    List<Address> all = IntStream.range(0, 6).mapToObj(World::address).toList();
    Challenge challenge =
        new Challenge(
            all.getFirst(),
            all.stream().map(it -> new Challenge.Part(it, 10, Optional.empty())).toList(),
            Optional.empty());
    for (int i = 0; i < 4; i++) {
      assertTrue(challenge.awaits(all.get(i)));
      challenge = challenge.hold(all.get(i), Panel.BUNDLE);
      assertFalse(challenge.awaits(all.get(i)));
    }
    assertFalse(challenge.awaits(World.address(9)), "no validator when it was challenged");
    assertEquals(Optional.empty(), challenge.bundle(), "exactly two thirds");
    Challenge other = challenge.hold(all.get(4), Specs.hash("another"));
    assertEquals(Optional.empty(), other.bundle());
    assertEquals(all.subList(0, 5), other.holders());
    Challenge whole = other.hold(all.get(5), Panel.BUNDLE);
    assertEquals(Optional.of(Panel.BUNDLE), whole.bundle());
    assertFalse(whole.holders().contains(all.get(4)));
  }
}
