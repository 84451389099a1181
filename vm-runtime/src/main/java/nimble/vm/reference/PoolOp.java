package nimble.vm.reference;

import nimble.vm.Image;
import nimble.vm.Layer;

/// The largest or the mean of each window; of equals the first.
final class PoolOp implements Op {
  private final Layer.Pool pool;
  private final Image in;
  private final Image out;
  private final Tally tally;
  private final Recorder recorder;

  PoolOp(Layer.Pool pool, Tally tally, Recorder recorder) {
    this.pool = pool;
    in = pool.image();
    out = pool.out();
    this.tally = tally;
    this.recorder = recorder;
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    float[] y = new float[frame.positions() * out.count()];
    int[] largest = new int[y.length];
    for (int at = 0; at < y.length; at++) {
      largest[at] = largest(x, at);
      y[at] = pool.kind() == Layer.Pool.Kind.MAX ? x[largest[at]] : (float) mean(x, at);
    }
    count(y.length);
    recorder.keep(y);
    tape.push(dy -> pull(x.length, largest, dy));
    return y;
  }

  private float[] pull(int count, int[] largest, float[] dy) {
    double[] sums = new double[count];
    int kernel = pool.kernel();
    for (int at = 0; at < dy.length; at++) {
      if (pool.kind() == Layer.Pool.Kind.MAX) {
        sums[largest[at]] += dy[at];
      } else {
        for (int i = 0; i < kernel * kernel; i++) {
          sums[source(at, i)] += (double) dy[at] / (kernel * kernel);
        }
      }
    }
    count(dy.length);
    float[] dx = new float[count];
    for (int i = 0; i < count; i++) {
      dx[i] = (float) sums[i];
    }
    recorder.keep(dx);
    return dx;
  }

  private int largest(float[] x, int at) {
    int best = source(at, 0);
    for (int i = 1; i < pool.kernel() * pool.kernel(); i++) {
      int other = source(at, i);
      if (x[other] > x[best] || Float.isNaN(x[other])) {
        best = other;
      }
    }
    return best;
  }

  private double mean(float[] x, int at) {
    double sum = 0;
    int window = pool.kernel() * pool.kernel();
    for (int i = 0; i < window; i++) {
      sum += x[source(at, i)];
    }
    return sum / window;
  }

  /// The number i of the window of the output `at`.
  private int source(int at, int i) {
    int column = at % out.width() * pool.stride() + i % pool.kernel();
    int row = at / out.width() % out.height() * pool.stride() + i / pool.kernel();
    int plane = at / (out.width() * out.height());
    return (plane * in.height() + row) * in.width() + column;
  }

  private void count(int outputs) {
    tally.elements(outputs, (long) pool.kernel() * pool.kernel());
  }
}
