package nimble.vm;

import nimble.codec.Bytes;

/// One row in generation, with the keys and values of the positions so far.
public interface DecodeSession extends AutoCloseable {
  /// Appends n ≥ 1 positions: ids on the first stage (4 bytes each), otherwise vectors. Gives n
  /// vectors, or on the last stage the head's outputs at the last position only. The row must not
  /// grow beyond the model's context.
  Bytes append(Bytes input);

  /// Positions so far.
  int length();

  @Override
  void close();
}
