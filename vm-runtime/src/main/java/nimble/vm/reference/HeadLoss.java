package nimble.vm.reference;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.vm.Layer;
import nimble.vm.Operations;
import nimble.vm.tensor.LittleEndian;

/// The losses of the heads, means over positions, and their gradients.
final class HeadLoss {
  private final float[] gradient;
  private final float loss;

  private HeadLoss(float[] gradient, double loss) {
    this.gradient = gradient;
    this.loss = (float) loss;
  }

  static HeadLoss of(
      Layer.Head head, float[] outputs, Bytes labels, float scale, Tally tally, Recorder recorder) {
    tally.elements(outputs.length, Operations.LOSS_FORWARD);
    return head.labelsAreIds()
        ? crossEntropy(outputs, LittleEndian.ints(labels), head.outWidth(), scale, recorder)
        : squares(outputs, LittleEndian.floats(labels), scale, recorder);
  }

  float loss() {
    return loss;
  }

  /// Of `scale` times the loss.
  float[] gradient(Tally tally, Recorder recorder) {
    recorder.keep(gradient);
    tally.elements(gradient.length, Operations.LOSS_BACKWARD);
    return gradient;
  }

  private static HeadLoss crossEntropy(
      float[] outputs, int[] labels, int classes, float scale, Recorder recorder) {
    float[] gradient = new float[outputs.length];
    double[] logShares = new double[recorder.keeps() ? outputs.length : 0];
    double loss = 0;
    int labelled = 0;
    for (int label : labels) {
      labelled += label == Layer.Head.UNLABELLED ? 0 : 1;
    }
    for (int n = 0; n < labels.length; n++) {
      int at = n * classes;
      int label = labels[n];
      boolean counts = label != Layer.Head.UNLABELLED;
      Invariant.check(!counts || (label >= 0 && label < classes), "label %d", label);
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < classes; i++) {
        largest = Math.max(largest, outputs[at + i]);
      }
      double total = 0;
      for (int i = 0; i < classes; i++) {
        total += StrictMath.exp(outputs[at + i] - largest);
      }
      double logTotal = StrictMath.log(total);
      loss += counts ? logTotal + largest - outputs[at + label] : 0;
      for (int i = 0; i < classes && recorder.keeps(); i++) {
        logShares[at + i] = outputs[at + i] - largest - logTotal;
      }
      for (int i = 0; counts && i < classes; i++) {
        double share = StrictMath.exp(outputs[at + i] - largest) / total;
        gradient[at + i] = (float) ((share - (i == label ? 1 : 0)) * scale / labelled);
      }
    }
    recorder.keep(logShares);
    return kept(gradient, loss / labelled, recorder);
  }

  private static HeadLoss squares(float[] outputs, float[] labels, float scale, Recorder recorder) {
    float[] gradient = new float[outputs.length];
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      double error = (double) outputs[i] - labels[i];
      loss += error * error;
      gradient[i] = (float) (2 * error * scale / labels.length);
    }
    return kept(gradient, loss / labels.length, recorder);
  }

  private static HeadLoss kept(float[] gradient, double loss, Recorder recorder) {
    HeadLoss kept = new HeadLoss(gradient, loss);
    recorder.keep(new float[] {kept.loss});
    return kept;
  }
}
