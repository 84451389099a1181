package nimble.consensus.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// What a run is made of.
///
/// @param faults by validator; always less than a third of the weight
/// @param chaosMillis after this, the network heals and nobody crashes any more
public record Setup(
    long seed,
    List<Long> weights,
    SortedMap<Integer, Fault> faults,
    int lossPercent,
    int crashes,
    int splits,
    long chaosMillis) {
  public static final int NODES_MIN = 4;
  public static final int NODES_MAX = 10;
  private static final long CHAOS_MILLIS = 8_000;

  public Setup {
    weights = List.copyOf(weights);
    faults = Collections.unmodifiableSortedMap(new TreeMap<>(faults));
  }

  /// Anything may happen.
  public static Setup of(long seed) {
    return of(seed, List.of(Fault.values()));
  }

  /// Faulty actors are drawn from `cast` until their weight would reach a third.
  public static Setup of(long seed, List<Fault> cast) {
    SplittableRandom random = new SplittableRandom(Keys.mix(seed));
    int size = random.nextInt(NODES_MIN, NODES_MAX + 1);
    List<Long> weights = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      weights.add(random.nextLong(2, 5));
    }
    long total = weights.stream().mapToLong(Long::longValue).sum();
    TreeMap<Integer, Fault> faults = new TreeMap<>();
    long faulty = 0;
    for (int index : shuffled(size, random)) {
      if ((faulty + weights.get(index)) * 3 < total && !cast.isEmpty()) {
        faulty += weights.get(index);
        faults.put(index, cast.get(random.nextInt(cast.size())));
      }
    }
    return new Setup(
        seed,
        weights,
        faults,
        random.nextInt(15),
        random.nextInt(size),
        random.nextInt(4),
        CHAOS_MILLIS);
  }

  public Setup withCrashes(int count) {
    return new Setup(seed, weights, faults, lossPercent, count, splits, chaosMillis);
  }

  private static List<Integer> shuffled(int size, SplittableRandom random) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      order.add(random.nextInt(order.size() + 1), i);
    }
    return order;
  }
}
