package nimble.vm.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.vm.Philox;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

final class SamplerTest {
  private static final BitSet NOTHING = new BitSet();

  private record Token(int id, long steps) {}

  @Test
  void g1ToG5EqualTheSlowWay() {
    Seeds.forEach(
        500,
        random -> {
          float[] outputs = outputs(random);
          Sampling sampling = sampling(random);
          BitSet seen = new BitSet();
          for (int id = 0; id < outputs.length; id += 1 + random.nextInt(4)) {
            seen.set(id);
          }
          long index = random.nextLong(1_000);
          Bytes bytes = LittleEndian.ofFloats(outputs);
          int chosen = Sampler.choose(bytes, sampling, seen, index);
          assertEquals(slow(outputs, sampling, seen, index), chosen);
          assertTrue(FairChoice.of(bytes, sampling, seen, 0).allows(chosen, index));
        });
  }

  @Test
  void g3GreedyTakesTheLargestAndTheFirstOfEquals() {
    assertEquals(1, choose(Sampling.GREEDY, 0, 1f, 3f, 3f));
    assertEquals(2, choose(Sampling.GREEDY, 0, Float.NaN, -1e30f, -1f));
    assertEquals(0, choose(Sampling.GREEDY, 0, Float.NaN, Float.NaN));
    // Less than a step apart they are equal.
    assertEquals(0, choose(Sampling.GREEDY, 0, 1f, 1.0005f));
  }

  @Test
  void g2RepetitionMakesWhatWasSeenLessLikely() {
    Sampling penal = new Sampling(0, 0, 1_000, 2_000, 1);
    BitSet seen = new BitSet();
    seen.set(0);
    Bytes positive = LittleEndian.ofFloats(new float[] {3f, 2f});
    Bytes negative = LittleEndian.ofFloats(new float[] {-3f, -5f});
    assertEquals(0, Sampler.choose(positive, penal, NOTHING, 0));
    assertEquals(1, Sampler.choose(positive, penal, seen, 0));
    assertEquals(1, Sampler.choose(negative, penal, seen, 0));
    assertEquals(0, Sampler.choose(positive, Sampling.GREEDY, seen, 0));
  }

  @Test
  void g4OnlyWhatIsAllowedIsDrawn() {
    float[] outputs = {0f, 4f, 3.9f, 1f, 3.8f};
    for (int turn = 0; turn < 400; turn++) {
      assertTrue(
          List.of(1, 2).contains(choose(new Sampling(1_000, 2, 1_000, 1_000, 5), turn, outputs)));
      assertTrue(
          List.of(1, 2, 4).contains(choose(new Sampling(1_000, 0, 900, 1_000, 5), turn, outputs)));
      assertEquals(1, choose(new Sampling(1_000, 0, 1, 1_000, 5), turn, outputs));
      assertEquals(1, choose(new Sampling(1_000, 1, 1_000, 1_000, 5), turn, outputs));
    }
  }

  /// Pearson's χ² over five tokens: 4 degrees of freedom, 23.5 is one in ten thousand.
  @Test
  void g5TokensComeAsOftenAsTheirProbabilitySays() {
    float[] outputs = {0f, 1f, 2f, -1f, 0.5f};
    for (int temperatureMilli : new int[] {500, 1_000, 2_000}) {
      int draws = 20_000;
      int[] counts = new int[outputs.length];
      for (int turn = 0; turn < draws; turn++) {
        counts[choose(Sampling.of(temperatureMilli, 9), turn, outputs)]++;
      }
      double[] weights = new double[outputs.length];
      double total = 0;
      for (int i = 0; i < outputs.length; i++) {
        weights[i] = StrictMath.exp(outputs[i] * 1_000.0 / temperatureMilli);
        total += weights[i];
      }
      double chi = 0;
      for (int i = 0; i < outputs.length; i++) {
        double expected = draws * weights[i] / total;
        chi += (counts[i] - expected) * (counts[i] - expected) / expected;
      }
      assertTrue(chi < 23.5, "χ² %s at %d".formatted(chi, temperatureMilli));
    }
  }

  /// With another machine's outputs, nearly ours, our choice is fair, whatever may be drawn; of
  /// other choices nearly none is.
  @Test
  void g6AChoiceIsFairByNearlyTheSameOutputs() {
    int[] others = new int[2];
    Seeds.forEach(
        500,
        random -> {
          double error = 1e-3;
          float[] ours = outputs(random);
          float[] theirs = ours.clone();
          float largest = 0;
          for (int i = 0; i < theirs.length; i++) {
            theirs[i] += (float) (error * (2 * random.nextDouble() - 1));
            largest = Math.max(largest, Math.abs(theirs[i]));
          }
          Sampling sampling = sampling(random);
          int chosen = Sampler.choose(LittleEndian.ofFloats(ours), sampling, NOTHING, 3);
          FairChoice fair =
              FairChoice.of(LittleEndian.ofFloats(theirs), sampling, NOTHING, error / largest);
          assertTrue(fair.allows(chosen, 3));
          for (int other = 0; other < ours.length; other++) {
            others[0]++;
            others[1] += other != chosen && fair.allows(other, 3) ? 1 : 0;
          }
        });
    assertTrue(20 * others[1] < others[0], "%d of %d".formatted(others[1], others[0]));
    Bytes outputs = LittleEndian.ofFloats(new float[] {0f, 9f});
    Sampling one = new Sampling(1_000, 1, 1_000, 1_000, 1);
    for (Sampling sampling : List.of(one, Sampling.GREEDY)) {
      FairChoice fair = FairChoice.of(outputs, sampling, NOTHING, 0);
      assertFalse(fair.allows(0, 0));
      assertTrue(fair.allows(1, 0));
      assertFalse(fair.allows(2, 0));
      assertFalse(fair.allows(-1, 0));
    }
  }

  private static int choose(Sampling sampling, long index, float... outputs) {
    return Sampler.choose(LittleEndian.ofFloats(outputs), sampling, NOTHING, index);
  }

  private static float[] outputs(SplittableRandom random) {
    float[] outputs = new float[1 + random.nextInt(40)];
    for (int i = 0; i < outputs.length; i++) {
      // Coarse numbers, so that many are equal.
      outputs[i] = random.nextInt(9) == 0 ? Float.NaN : (random.nextInt(41) - 20) / 4f;
    }
    return outputs;
  }

  private static Sampling sampling(SplittableRandom random) {
    return new Sampling(
        random.nextInt(3) == 0 ? 0 : 100 + random.nextInt(3_000),
        random.nextBoolean() ? 0 : 1 + random.nextInt(45),
        random.nextBoolean() ? 1_000 : 1 + random.nextInt(1_000),
        random.nextBoolean() ? 1_000 : 500 + random.nextInt(2_000),
        random.nextLong());
  }

  /// The rules, word by word, with objects and a sort.
  private static int slow(float[] outputs, Sampling sampling, BitSet seen, long index) {
    List<Token> tokens = new ArrayList<>();
    for (int id = 0; id < outputs.length; id++) {
      long steps = Float.isNaN(outputs[id]) ? -(1L << 24) : Math.round(outputs[id] * 256.0);
      if (seen.get(id)) {
        long penalty = sampling.repetitionMilli();
        steps =
            steps > 0
                ? Math.floorDiv(steps * 1_000, penalty)
                : Math.floorDiv(steps * penalty, 1_000L);
        steps = Math.max(steps, -(1L << 24));
      }
      tokens.add(new Token(id, steps));
    }
    tokens.sort(Comparator.comparingLong(Token::steps).reversed().thenComparingInt(Token::id));
    if (sampling.temperatureMilli() == 0) {
      return tokens.getFirst().id();
    }
    if (sampling.topK() > 0) {
      tokens = tokens.subList(0, Math.min(sampling.topK(), tokens.size()));
    }
    double temperature = sampling.temperatureMilli() * 1e-3;
    long largest = tokens.getFirst().steps();
    if (sampling.topPMilli() < 1_000) {
      double total = 0;
      for (Token token : tokens) {
        total += StrictMath.exp((token.steps() - largest) / 256.0 / temperature);
      }
      List<Token> kept = new ArrayList<>();
      double sum = 0;
      for (Token token : tokens) {
        if (!kept.isEmpty() && sum >= total * sampling.topPMilli() * 1e-3) {
          break;
        }
        kept.add(token);
        sum += StrictMath.exp((token.steps() - largest) / 256.0 / temperature);
      }
      tokens = kept;
    }
    Philox noise = Philox.of(sampling.seed(), "sample");
    Token best = tokens.getFirst();
    double most = Double.NEGATIVE_INFINITY;
    for (Token token : tokens) {
      double uniform = ((noise.bits(index, token.id()) >>> 11) + 0.5) * 0x1p-53;
      double score =
          token.steps() / 256.0 / temperature
              - StrictMath.log(-StrictMath.log(Math.min(uniform, 1 - 0x1p-53)));
      if (score > most) {
        most = score;
        best = token;
      }
    }
    return best.id();
  }
}
