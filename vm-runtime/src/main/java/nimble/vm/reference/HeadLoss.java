package nimble.vm.reference;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.vm.Layer;
import nimble.vm.LittleEndian;
import nimble.vm.Operations;

/// The losses of the heads, means over positions, and their gradients.
final class HeadLoss {
  private final float[] gradient;
  private final float loss;

  private HeadLoss(float[] gradient, double loss) {
    this.gradient = gradient;
    this.loss = (float) loss;
  }

  static HeadLoss of(Layer.Head head, float[] outputs, Bytes labels, float scale, Tally tally) {
    tally.elements(outputs.length, Operations.LOSS_FORWARD);
    return head.labelsAreIds()
        ? crossEntropy(outputs, LittleEndian.ints(labels), head.outWidth(), scale)
        : squares(outputs, LittleEndian.floats(labels), scale);
  }

  float loss() {
    return loss;
  }

  /// Of `scale` times the loss.
  float[] gradient(Tally tally) {
    tally.elements(gradient.length, Operations.LOSS_BACKWARD);
    return gradient;
  }

  private static HeadLoss crossEntropy(float[] outputs, int[] labels, int classes, float scale) {
    float[] gradient = new float[outputs.length];
    double loss = 0;
    for (int n = 0; n < labels.length; n++) {
      int at = n * classes;
      int label = labels[n];
      Invariant.check(label >= 0 && label < classes, "label %d", label);
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < classes; i++) {
        largest = Math.max(largest, outputs[at + i]);
      }
      double total = 0;
      for (int i = 0; i < classes; i++) {
        total += StrictMath.exp(outputs[at + i] - largest);
      }
      loss += StrictMath.log(total) + largest - outputs[at + label];
      for (int i = 0; i < classes; i++) {
        double share = StrictMath.exp(outputs[at + i] - largest) / total;
        gradient[at + i] = (float) ((share - (i == label ? 1 : 0)) * scale / labels.length);
      }
    }
    return new HeadLoss(gradient, loss / labels.length);
  }

  private static HeadLoss squares(float[] outputs, float[] labels, float scale) {
    float[] gradient = new float[outputs.length];
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      double error = (double) outputs[i] - labels[i];
      loss += error * error;
      gradient[i] = (float) (2 * error * scale / labels.length);
    }
    return new HeadLoss(gradient, loss / labels.length);
  }
}
