package nimble.vm.trace;

import nimble.codec.Malformed;
import nimble.vm.trace.Rule.Heads;

/// Attention in fp32: at once, or through the keys in small blocks with a running maximum.
final class KernelAttention {
  private static final int BLOCK = 2;

  private final Rule.Attend rule;
  private final Heads shape;
  private final Operands operands;
  private final Summation summation;
  private final boolean blocks;
  private final float scale;

  KernelAttention(Rule.Attend rule, Operands operands, Summation summation, boolean blocks) {
    this.rule = rule;
    shape = rule.shape();
    this.operands = operands;
    this.summation = summation;
    this.blocks = blocks;
    scale = (float) (1 / Math.sqrt(shape.width()));
  }

  float value(int position, int column) throws Malformed {
    int row = position / shape.context();
    int head = column / shape.width();
    int query = position % shape.context();
    int d = column % shape.width();
    return blocks
        ? running(row, head, query, d)
        : summation.dot(shares(row, head, query), values(row, head, query, d));
  }

  float gradient(int dyHeads, int position, int column) throws Malformed {
    int row = position / shape.context();
    int place = position % shape.context();
    int mixed = shape.mixedWidth();
    if (column < mixed) {
      return ofQuery(dyHeads, row, column / shape.width(), place, column % shape.width());
    }
    boolean key = column - mixed < shape.sharedWidth();
    int rest = (column - mixed) % shape.sharedWidth();
    int d = rest % shape.width();
    float[] sums = new float[shape.group()];
    for (int i = 0; i < sums.length; i++) {
      int head = rest / shape.width() * sums.length + i;
      sums[i] = key ? ofKey(dyHeads, row, head, place, d) : ofValue(dyHeads, row, head, place, d);
    }
    return summation.sum(sums);
  }

  private float ofQuery(int dyHeads, int row, int head, int place, int d) throws Malformed {
    float[] slopes = slopes(dyHeads, row, head, place);
    float[] terms = new float[place + 1];
    for (int j = 0; j <= place; j++) {
      terms[j] = slopes[j] * shared(rule.keys(), row, head, j)[d];
    }
    return summation.sum(terms);
  }

  private float ofKey(int dyHeads, int row, int head, int place, int d) throws Malformed {
    float[] terms = new float[shape.context()];
    for (int i = place; i < terms.length; i++) {
      terms[i] = slopes(dyHeads, row, head, i)[place] * own(rule.queries(), row, head, i)[d];
    }
    return summation.sum(terms);
  }

  private float ofValue(int dyHeads, int row, int head, int place, int d) throws Malformed {
    float[] terms = new float[shape.context()];
    for (int i = place; i < terms.length; i++) {
      terms[i] = shares(row, head, i)[place] * own(dyHeads, row, head, i)[d];
    }
    return summation.sum(terms);
  }

  private float running(int row, int head, int query, int d) throws Malformed {
    float[] values = values(row, head, query, d);
    float largest = Float.NEGATIVE_INFINITY;
    float total = 0;
    float sum = 0;
    for (int from = 0; from <= query; from += BLOCK) {
      float newest = largest;
      for (int j = from; j <= Math.min(query, from + BLOCK - 1); j++) {
        newest = Math.max(newest, score(row, head, query, j));
      }
      float factor = (float) Math.exp(largest - newest);
      total *= factor;
      sum *= factor;
      for (int j = from; j <= Math.min(query, from + BLOCK - 1); j++) {
        float power = (float) Math.exp(score(row, head, query, j) - newest);
        total += power;
        sum += power * values[j];
      }
      largest = newest;
    }
    return sum / total;
  }

  /// By the logarithm of the sum where there are blocks, as kernels that keep it do.
  private float[] shares(int row, int head, int query) throws Malformed {
    float[] shares = new float[query + 1];
    float largest = Float.NEGATIVE_INFINITY;
    for (int j = 0; j <= query; j++) {
      shares[j] = score(row, head, query, j);
      largest = Math.max(largest, shares[j]);
    }
    float[] powers = new float[query + 1];
    for (int j = 0; j <= query; j++) {
      powers[j] = (float) Math.exp(shares[j] - largest);
    }
    float total = summation.sum(powers);
    float log = largest + (float) Math.log(total);
    for (int j = 0; j <= query; j++) {
      shares[j] = blocks ? (float) Math.exp(shares[j] - log) : powers[j] / total;
    }
    return shares;
  }

  private float[] slopes(int dyHeads, int row, int head, int query) throws Malformed {
    float[] shares = shares(row, head, query);
    float[] dy = own(dyHeads, row, head, query);
    float[] slopes = new float[query + 1];
    for (int j = 0; j <= query; j++) {
      slopes[j] = summation.dot(dy, shared(rule.values(), row, head, j));
    }
    float mean;
    if (blocks) {
      float[] output = new float[shape.width()];
      for (int d = 0; d < output.length; d++) {
        output[d] = summation.dot(shares, values(row, head, query, d));
      }
      mean = summation.dot(dy, output);
    } else {
      mean = summation.dot(shares, slopes);
    }
    for (int j = 0; j <= query; j++) {
      slopes[j] = shares[j] * (slopes[j] - mean) * scale;
    }
    return slopes;
  }

  private float score(int row, int head, int query, int key) throws Malformed {
    float[] queries = own(rule.queries(), row, head, query);
    if (blocks) {
      for (int d = 0; d < queries.length; d++) {
        queries[d] *= scale;
      }
      return summation.dot(queries, shared(rule.keys(), row, head, key));
    }
    return summation.dot(queries, shared(rule.keys(), row, head, key)) * scale;
  }

  private float[] values(int row, int head, int query, int d) throws Malformed {
    float[] values = new float[query + 1];
    for (int j = 0; j <= query; j++) {
      values[j] = shared(rule.values(), row, head, j)[d];
    }
    return values;
  }

  private float[] own(int tensor, int row, int head, int place) throws Malformed {
    return vector(tensor, shape.at(shape.heads(), row, head, place, 0));
  }

  private float[] shared(int tensor, int row, int head, int place) throws Malformed {
    return vector(tensor, shape.at(shape.shared(), row, head / shape.group(), place, 0));
  }

  private float[] vector(int tensor, int at) throws Malformed {
    float[] vector = new float[shape.width()];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = operands.number(tensor, at + d);
    }
    return vector;
  }
}
