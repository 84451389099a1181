package nimble.vm.reference;

import java.util.Optional;
import nimble.vm.Image;
import nimble.vm.Layer;

/// A convolution of flat images; zeros beyond the edges.
final class ConvolutionOp implements Op {
  private final Layer.Conv2d conv;
  private final Image in;
  private final Image out;
  private final Weight weight;
  private final Optional<Weight> bias;
  private final Tally tally;
  private final Recorder recorder;

  ConvolutionOp(Layer.Conv2d conv, Binding binding) {
    this.conv = conv;
    in = conv.image();
    out = conv.out();
    weight = binding.next();
    bias = conv.bias() ? Optional.of(binding.next()) : Optional.empty();
    tally = binding.tally();
    recorder = binding.recorder();
  }

  /// One product: a number of the output, one of the input, one of the weight.
  private interface Touch {
    void at(int y, int x, int w);
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    float[] w = weight.values();
    double[] sums = new double[frame.positions() * out.count()];
    bias.ifPresent(shift -> {
      float[] values = shift.values();
      int plane = out.height() * out.width();
      for (int i = 0; i < sums.length; i++) {
        sums[i] = values[i / plane % conv.filters()];
      }
    });
    walk(frame.positions(), (at, from, by) -> sums[at] += (double) x[from] * w[by]);
    tally(frame, 1);
    tape.push(dy -> pull(x, w, dy, frame));
    return kept(sums);
  }

  private float[] pull(float[] x, float[] w, float[] dy, Frame frame) {
    double[] dx = new double[x.length];
    double[] dw = new double[w.length];
    walk(
        frame.positions(),
        (at, from, by) -> {
          dx[from] += (double) dy[at] * w[by];
          dw[by] += (double) dy[at] * x[from];
        });
    weight.add(dw);
    bias.ifPresent(shift -> {
      double[] gradient = new double[conv.filters()];
      int plane = out.height() * out.width();
      for (int i = 0; i < dy.length; i++) {
        gradient[i / plane % conv.filters()] += dy[i];
      }
      shift.add(gradient);
    });
    tally(frame, 2);
    return kept(dx);
  }

  private void tally(Frame frame, int products) {
    long numbers = (long) frame.positions() * out.count();
    tally.multiplied(products * numbers, conv.patch(), 1);
    bias.ifPresent(_ -> tally.elements(numbers, 1));
  }

  private void walk(int images, Touch touch) {
    for (int n = 0; n < images; n++) {
      for (int filter = 0; filter < conv.filters(); filter++) {
        for (int row = 0; row < out.height(); row++) {
          for (int column = 0; column < out.width(); column++) {
            int at = ((n * conv.filters() + filter) * out.height() + row) * out.width() + column;
            window(n, filter, row, column, at, touch);
          }
        }
      }
    }
  }

  private void window(int n, int filter, int row, int column, int at, Touch touch) {
    int kernel = conv.kernel();
    for (int channel = 0; channel < in.channels(); channel++) {
      for (int i = 0; i < kernel; i++) {
        int y = row * conv.stride() + i - conv.padding();
        for (int j = 0; j < kernel; j++) {
          int x = column * conv.stride() + j - conv.padding();
          if (y >= 0 && y < in.height() && x >= 0 && x < in.width()) {
            int from = ((n * in.channels() + channel) * in.height() + y) * in.width() + x;
            int by = ((filter * in.channels() + channel) * kernel + i) * kernel + j;
            touch.at(at, from, by);
          }
        }
      }
    }
  }

  private float[] kept(double[] numbers) {
    float[] rounded = new float[numbers.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) numbers[i];
    }
    recorder.keep(rounded);
    return rounded;
  }
}
