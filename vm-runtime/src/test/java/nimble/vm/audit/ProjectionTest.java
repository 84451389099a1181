package nimble.vm.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.sim.Seeds;
import nimble.types.Hash;
import nimble.vm.Fixtures;
import nimble.vm.tensor.Floats;
import org.junit.jupiter.api.Test;

final class ProjectionTest {
  private static final Hash SEED = Hashing.of("projection");

  @Test
  void v7TheBytesAreThese() {
    try (Floats vector = Floats.zeros(1_000)) {
      for (int i = 0; i < vector.count(); i++) {
        vector.put(i, new float[] {i}, 1);
      }
      assertEquals(
          "3fa1e2c2564bff919c0430cd614a5f07d56382a51f00df1443c86379d0aeea4a",
          Hashing.sha256(Projection.of(vector, SEED).bytes()).toString());
    }
  }

  /// Within a factor of about one and a half, whatever the vectors and their distance.
  @Test
  void v7DistancesArePreserved() {
    Seeds.forEach(
        300,
        random -> {
          int count = 1_000 + random.nextInt(3_000);
          double relative = Math.pow(10, -6 * random.nextDouble());
          Hash seed = Hashing.sha256(Bytes.ofU64(random.nextLong()));
          try (Floats one = Floats.zeros(count);
              Floats other = Floats.zeros(count)) {
            Fixtures.scramble(one, random.nextLong());
            Fixtures.scramble(other, random.nextLong());
            double norms = norm(one) / norm(other);
            other.add(other, (float) (relative * norms) - 1);
            other.add(one, 1);
            Projection p = Projection.of(one, seed);
            Projection q = Projection.of(other, seed);
            assertTrue(p.isNear(q, 2 * relative));
            assertTrue(q.isNear(p, 2 * relative));
            assertFalse(p.isNear(q, relative / 2));
          }
        });
  }

  @Test
  void v7NotFiniteIsNearToNotFiniteOnly() {
    try (Floats finite = Floats.zeros(100);
        Floats one = Floats.zeros(100);
        Floats other = Floats.zeros(100)) {
      one.put(7, new float[] {Float.NaN}, 1);
      other.put(9, new float[] {Float.POSITIVE_INFINITY}, 1);
      Projection p = Projection.of(one, SEED);
      assertEquals(p, Projection.of(other, SEED));
      assertTrue(p.isNear(p, 0));
      assertFalse(p.isNear(Projection.of(finite, SEED), 0.9));
      assertTrue(Projection.of(finite, SEED).isNear(Projection.of(finite, SEED), 0));
    }
  }

  @Test
  void v7AnotherSeedGivesAnother() {
    try (Floats vector = Floats.zeros(200)) {
      Fixtures.scramble(vector, 3);
      assertNotEquals(Projection.of(vector, SEED), Projection.of(vector, Hash.ZERO));
    }
  }

  private static double norm(Floats vector) {
    double squares = 0;
    for (float each : vector.toArray(0, vector.count())) {
      squares += (double) each * each;
    }
    return Math.sqrt(squares);
  }
}
