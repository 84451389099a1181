package nimble.vm.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.sim.Seeds;
import nimble.types.Hash;
import nimble.vm.Philox;
import nimble.vm.gradient.Bf16;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.tensor.Floats;
import org.junit.jupiter.api.Test;

/// What piles up, and what does not (V9). Gradients of 2,000 numbers, rounded to bf16.
final class DriftTest {
  private static final int COUNT = 2_000;
  private static final int AUDITS = 64;
  private static final long REPORTED = 6_000;

  /// Of another class: each number a little off, anywhere.
  private static final double NOISE = 1e-3;

  private static Drift after(int audits, double poison, SplittableRandom random) {
    Hash key = Hashing.of("key", Bytes.ofU64(random.nextLong()));
    Philox target = Philox.of(1, "target");
    float[] direction = target.normals(0, COUNT, 1);
    Drift drift = Drift.NONE;
    for (int audit = 0; audit < audits; audit++) {
      Philox draws = Philox.of(random.nextLong(), "gradient");
      float[] ours = draws.normals(0, COUNT, 1);
      float[] noise = draws.normals(1, COUNT, NOISE);
      float[] theirs = new float[COUNT];
      for (int i = 0; i < COUNT; i++) {
        theirs[i] = ours[i] + noise[i] + (float) (poison * direction[i]);
      }
      Optional<Bytes> more = direction(theirs, ours, key);
      drift = more.isPresent() ? drift.add(more.get()) : drift;
    }
    return drift;
  }

  private static Optional<Bytes> direction(float[] theirs, float[] ours, Hash key) {
    GradientCodec codec = new Bf16();
    try (Floats committed = Floats.zeros(COUNT);
        Floats own = Floats.zeros(COUNT)) {
      committed.put(0, theirs, COUNT);
      own.put(0, ours, COUNT);
      return Drift.direction(codec, own, codec.encode(committed), key);
    }
  }

  @Test
  void v9HonestNoiseIsNeverReported() {
    Seeds.forEach(
        40,
        random -> {
          Drift drift = after(AUDITS, 0, random);
          assertEquals(AUDITS, drift.count());
          assertTrue(drift.milliZ() < REPORTED, drift::toString);
        });
  }

  @Test
  void v9ACoherentDeviationOfTheNoisesSizeIsReported() {
    Seeds.forEach(10, random -> assertTrue(after(AUDITS, NOISE, random).milliZ() > REPORTED));
  }

  @Test
  void v9HalfOfTheNoiseTakesMoreAudits() {
    Seeds.forEach(
        5,
        random -> {
          long few = after(8, NOISE / 2, random).milliZ();
          long many = after(4 * AUDITS, NOISE / 2, random).milliZ();
          assertTrue(many > REPORTED && many > few, () -> few + " then " + many);
        });
  }

  @Test
  void v9WhatIsEqualHasNoDirection() {
    float[] numbers = Philox.of(1, "equal").normals(0, COUNT, 1);
    assertEquals(Optional.empty(), direction(numbers, numbers, Hash.ZERO));
    assertEquals(0, Drift.NONE.milliZ());
  }

  @Test
  void v9OneDirectionRepeatedIsAsFarAsItCanBe() {
    float[] ours = Philox.of(1, "ours").normals(0, COUNT, 1);
    float[] theirs = Philox.of(2, "theirs").normals(0, COUNT, 1);
    Bytes one = direction(theirs, ours, Hash.ZERO).orElseThrow();
    Drift drift = Drift.NONE;
    for (int i = 0; i < AUDITS; i++) {
      drift = drift.add(one);
    }
    double expected = 1_000 * Math.sqrt(AUDITS * (AUDITS - 1) * 128.0);
    assertEquals(expected, (double) drift.milliZ(), expected / 100);
  }
}
