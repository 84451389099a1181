package nimble.vm.fault;

import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.Draw;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.Tape;
import nimble.vm.tensor.Floats;

/// A program of which a subclass changes something; everything else is the honest one's.
public abstract class Wrapped implements StageProgram {
  protected final StageProgram honest;

  /// Owns the program.
  protected Wrapped(StageProgram honest) {
    this.honest = honest;
  }

  @Override
  public final StageSpec spec() {
    return honest.spec();
  }

  @Override
  public Bytes infer(Bytes input) {
    return honest.infer(input);
  }

  @Override
  public Tape forward(Bytes input, Draw draw) {
    return honest.forward(input, draw);
  }

  @Override
  public Bytes backward(Tape tape, Bytes outputGradient) {
    return honest.backward(tape, outputGradient);
  }

  @Override
  public LossGradient train(Bytes input, Bytes labels, float scale, Draw draw) {
    return honest.train(input, labels, scale, draw);
  }

  @Override
  public int loss(Bytes input, Bytes labels) {
    return honest.loss(input, labels);
  }

  @Override
  public final Floats gradient() {
    return honest.gradient();
  }

  @Override
  public DecodeSession decode() {
    return honest.decode();
  }

  @Override
  public void close() {
    honest.close();
  }
}
