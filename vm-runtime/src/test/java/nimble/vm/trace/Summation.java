package nimble.vm.trace;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Ways in which honest kernels add up products in fp32.
enum Summation {
  FORWARD,
  BACKWARD,
  SHUFFLED,
  PAIRWISE,
  LANES,
  FUSED,
  KAHAN,
  DOUBLE;

  private static final int LANES_COUNT = 8;

  float sum(float[] terms) {
    float[] ones = new float[terms.length];
    Arrays.fill(ones, 1);
    return dot(terms, ones);
  }

  float dot(float[] a, float[] b) {
    return switch (this) {
      case FORWARD -> inOrder(a, b, order(a.length));
      case BACKWARD -> inOrder(a, b, reversed(a.length));
      case SHUFFLED -> inOrder(a, b, shuffled(a.length));
      case PAIRWISE -> pairwise(a, b, 0, a.length);
      case LANES -> lanes(a, b);
      case FUSED -> {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
          sum = Math.fma(a[i], b[i], sum);
        }
        yield sum;
      }
      case KAHAN -> kahan(a, b);
      case DOUBLE -> {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
          sum += (double) a[i] * b[i];
        }
        yield (float) sum;
      }
    };
  }

  private static float inOrder(float[] a, float[] b, int[] order) {
    float sum = 0;
    for (int i : order) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static int[] order(int count) {
    return IntStream.range(0, count).toArray();
  }

  private static int[] reversed(int count) {
    return IntStream.range(0, count).map(i -> count - 1 - i).toArray();
  }

  private static int[] shuffled(int count) {
    int[] order = order(count);
    SplittableRandom random = new SplittableRandom(count);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int other = order[i];
      order[i] = order[j];
      order[j] = other;
    }
    return order;
  }

  private static float pairwise(float[] a, float[] b, int from, int to) {
    if (to - from <= 1) {
      return to == from ? 0 : a[from] * b[from];
    }
    int middle = (from + to) >>> 1;
    return pairwise(a, b, from, middle) + pairwise(a, b, middle, to);
  }

  private static float lanes(float[] a, float[] b) {
    float[] sums = new float[LANES_COUNT];
    for (int i = 0; i < a.length; i++) {
      sums[i % LANES_COUNT] = Math.fma(a[i], b[i], sums[i % LANES_COUNT]);
    }
    float sum = 0;
    for (float lane : sums) {
      sum += lane;
    }
    return sum;
  }

  private static float kahan(float[] a, float[] b) {
    float sum = 0;
    float lost = 0;
    for (int i = 0; i < a.length; i++) {
      float term = a[i] * b[i] - lost;
      float next = sum + term;
      lost = (next - sum) - term;
      sum = next;
    }
    return sum;
  }
}
