package nimble.vm;

import nimble.codec.Bytes;

/// What one micro-batch's backward pass needs. Close it, or hand it to [StageProgram#backward],
/// once.
public interface Tape extends AutoCloseable {
  Bytes output();

  @Override
  void close();
}
