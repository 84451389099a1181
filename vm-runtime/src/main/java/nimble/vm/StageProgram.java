package nimble.vm;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.tensor.Floats;

/// One stage, compiled and bound to weights.
///
/// Tensors come and go as little-endian bytes, four an element, rows × context × width: fp32,
/// except the first stage's input and a classifying head's labels, which are ids (i32). A program
/// whose spec says `last` takes [#loss] and [#train] instead of [#forward] and [#backward].
public interface StageProgram extends AutoCloseable {
  int ROWS_TOGETHER_MAX = 32;

  StageSpec spec();

  /// Forward without a way back; on the last stage the head's outputs at every position.
  Bytes infer(Bytes input);

  /// Forward, keeping what backward needs.
  ///
  /// @param draw what is left out by chance
  Tape forward(Bytes input, Draw draw);

  /// The same, with nothing left out.
  default Tape forward(Bytes input) {
    return forward(input, Draw.NONE);
  }

  /// Adds the weights' gradients to [#gradient], closes the tape, and gives the input's gradient;
  /// empty for token ids.
  Bytes backward(Tape tape, Bytes outputGradient);

  /// The last stage: forward, loss and backward of `scale` times the loss.
  ///
  /// @param draw what is left out by chance
  LossGradient train(Bytes input, Bytes labels, float scale, Draw draw);

  /// The same, with nothing left out.
  default LossGradient train(Bytes input, Bytes labels, float scale) {
    return train(input, labels, scale, Draw.NONE);
  }

  /// The last stage: the loss alone, bits of fp32.
  int loss(Bytes input, Bytes labels);

  /// Sums of what [#backward] and [#train] gave, in the order of their calls, each addition rounded
  /// to fp32. The program's own memory, valid until it is closed.
  Floats gradient();

  /// A row that grows token by token.
  DecodeSession decode();

  /// Appends one position to each of several rows of this program, no row twice: what
  /// [DecodeSession#append] does, in one pass where the machine can (G7).
  ///
  /// @param rows at most [#ROWS_TOGETHER_MAX]
  default List<Bytes> append(List<DecodeSession> rows, List<Bytes> inputs) {
    List<Bytes> outputs = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      outputs.add(rows.get(i).append(inputs.get(i)));
    }
    return outputs;
  }

  @Override
  void close();

  /// The outcome of a micro-batch on the last stage.
  ///
  /// @param lossBits fp32, without the scale
  /// @param inputGradient empty for token ids
  record LossGradient(int lossBits, Bytes inputGradient) {}
}
