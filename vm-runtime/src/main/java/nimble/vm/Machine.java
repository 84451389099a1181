package nimble.vm;

import nimble.vm.tensor.Floats;

/// Runs stages of models: the port between training and a tensor library (M3).
///
/// Results are pure functions of the arguments and the weights, bit for bit, within one numeric
/// class. A program is used by one thread at a time; different programs of one machine may run at
/// the same time. Work is native and long: call from a fixed pool of platform threads.
public interface Machine extends AutoCloseable {
  /// Compiles a stage and binds it to `weights`, which stay the caller's, are read in place at
  /// every call and outlive the program. They must not change while a [Tape] is open.
  ///
  /// @param base the stage's part of the base, where the model is on one: as `weights`, but never
  ///   written to
  StageProgram load(StageSpec spec, Floats weights, StageBase base);

  /// A stage that has no base.
  default StageProgram load(StageSpec spec, Floats weights) {
    return load(spec, weights, StageBase.NONE);
  }

  /// After all programs are closed.
  @Override
  void close();
}
