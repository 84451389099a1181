package nimble.vm.tensor;

/// A tensor that does not change, in one of the forms of [Storage]; outside the heap, its owner
/// closes it.
public sealed interface FrozenTensor extends AutoCloseable permits PlainTensor, Nf4Tensor {
  int count();

  /// The next of the tensor's numbers, in rows.
  void put(float[] numbers, int length);

  /// All numbers, as every machine decodes them.
  float[] values();

  @Override
  void close();

  /// All zeros: to be filled.
  static FrozenTensor zeros(ParameterTensor tensor, BaseForm form) {
    Storage storage = form.of(tensor);
    return storage == Storage.NF4
        ? new Nf4Tensor(tensor.count(), form.block(), form.doubled())
        : new PlainTensor(tensor.count(), storage);
  }
}
