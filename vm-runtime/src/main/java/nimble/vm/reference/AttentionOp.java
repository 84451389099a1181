package nimble.vm.reference;

import nimble.vm.Operations;

/// Causal attention between the projections: from queries, keys and values side by side to the
/// heads' outputs side by side. Groups of queries share a head of keys and values.
final class AttentionOp implements Op {
  private final int width;
  private final int shared;
  private final int heads;
  private final int group;
  private final int headWidth;
  private final double scale;
  private final Tally tally;
  private final Recorder recorder;

  AttentionOp(int heads, int kvHeads, int headWidth, Tally tally, Recorder recorder) {
    this.heads = heads;
    this.headWidth = headWidth;
    width = heads * headWidth;
    shared = kvHeads * headWidth;
    group = heads / kvHeads;
    scale = 1 / StrictMath.sqrt(headWidth);
    this.tally = tally;
    this.recorder = recorder;
  }

  /// Numbers of one position's queries, keys and values.
  int packedWidth() {
    return width + 2 * shared;
  }

  @Override
  public float[] forward(float[] projected, Frame frame, Pulls tape) {
    float[] all = frame.remembers() ? remembered(projected, frame) : projected;
    int total = frame.past + frame.length;
    float[] y = new float[frame.positions() * width];
    double[] shares = new double[frame.rows * heads * frame.length * total];
    for (int row = 0; row < frame.rows; row++) {
      for (int head = 0; head < heads; head++) {
        for (int i = 0; i < frame.length; i++) {
          int place = frame.past + i;
          int at = ((row * heads + head) * frame.length + i) * total;
          int first = row * total;
          attend(all, first, place, head, shares, at);
          mix(all, first, place, head, shares, at, y, (row * frame.length + i) * width);
        }
      }
    }
    recorder.keep(y);
    tape.push(dy -> pull(all, shares, dy, frame));
    return y;
  }

  /// The shares of one query over the positions that it sees: softmax of scaled products.
  private void attend(float[] all, int first, int place, int head, double[] shares, int at) {
    int query = query(first + place, head);
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j <= place; j++) {
      int key = key(first + j, head);
      double sum = 0;
      for (int d = 0; d < headWidth; d++) {
        sum += (double) all[query + d] * all[key + d];
      }
      shares[at + j] = sum * scale;
      largest = Math.max(largest, shares[at + j]);
    }
    double total = 0;
    for (int j = 0; j <= place; j++) {
      shares[at + j] = StrictMath.exp(shares[at + j] - largest);
      total += shares[at + j];
    }
    for (int j = 0; j <= place; j++) {
      shares[at + j] /= total;
    }
    tally.multiplied(1, headWidth, place + 1);
    tally.elements(place + 1, Operations.SOFTMAX_FORWARD);
  }

  private void mix(
      float[] all, int first, int place, int head, double[] shares, int at, float[] y, int out) {
    for (int d = 0; d < headWidth; d++) {
      double sum = 0;
      for (int j = 0; j <= place; j++) {
        sum += shares[at + j] * all[key(first + j, head) + shared + d];
      }
      y[out + head * headWidth + d] = (float) sum;
    }
    tally.multiplied(1, place + 1, headWidth);
  }

  private float[] pull(float[] all, double[] shares, float[] dy, Frame frame) {
    double[] gradient = new double[all.length];
    int length = frame.length;
    for (int row = 0; row < frame.rows; row++) {
      for (int head = 0; head < heads; head++) {
        for (int i = 0; i < length; i++) {
          int at = ((row * heads + head) * length + i) * length;
          int out = (row * length + i) * width + head * headWidth;
          pullQuery(all, row * length, i, head, shares, at, dy, out, gradient);
        }
      }
    }
    float[] dx = new float[gradient.length];
    for (int i = 0; i < dx.length; i++) {
      dx[i] = (float) gradient[i];
    }
    return dx;
  }

  private void pullQuery(
      float[] all,
      int first,
      int place,
      int head,
      double[] shares,
      int at,
      float[] dy,
      int out,
      double[] gradient) {
    double[] shareGradient = new double[place + 1];
    double mean = 0;
    for (int j = 0; j <= place; j++) {
      int value = key(first + j, head) + shared;
      for (int d = 0; d < headWidth; d++) {
        shareGradient[j] += (double) dy[out + d] * all[value + d];
        gradient[value + d] += shares[at + j] * dy[out + d];
      }
      mean += shares[at + j] * shareGradient[j];
    }
    int query = query(first + place, head);
    for (int j = 0; j <= place; j++) {
      int key = key(first + j, head);
      double product = shares[at + j] * (shareGradient[j] - mean) * scale;
      for (int d = 0; d < headWidth; d++) {
        gradient[query + d] += product * all[key + d];
        gradient[key + d] += product * all[query + d];
      }
    }
    tally.multiplied(4, headWidth, place + 1);
    tally.elements(place + 1, Operations.SOFTMAX_BACKWARD);
  }

  /// Where a position's query begins.
  private int query(int position, int head) {
    return position * packedWidth() + head * headWidth;
  }

  /// Where the key begins that a head of queries uses; its value lies `shared` behind.
  private int key(int position, int head) {
    return position * packedWidth() + width + head / group * headWidth;
  }

  private float[] remembered(float[] projected, Frame frame) {
    float[] memory = frame.nextMemory().projected;
    System.arraycopy(projected, 0, memory, frame.past * packedWidth(), projected.length);
    return memory;
  }
}
