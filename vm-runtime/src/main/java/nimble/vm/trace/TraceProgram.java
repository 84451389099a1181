package nimble.vm.trace;

import java.util.List;
import nimble.codec.Bytes;
import nimble.vm.Draw;

/// A stage program that keeps every operator's output. One thread at a time.
public interface TraceProgram extends AutoCloseable {
  /// The tensors that machines compute, in order ([TraceForm#computed]): the very bits of an
  /// ordinary pass (O3).
  ///
  /// @param other empty where the form takes none
  /// @param draw of the micro-batch
  List<Bytes> run(Bytes input, Bytes other, Draw draw);

  @Override
  void close();
}
