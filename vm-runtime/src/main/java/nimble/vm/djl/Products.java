package nimble.vm.djl;

import nimble.vm.StageSpec;

/// What multiplies in a program (D8).
///
/// @param from how many multiplications a product has that oneDNN takes
record Products(long from) {
  /// All of them are the library's own.
  static final Products PLAIN = new Products(Long.MAX_VALUE);

  /// A product of less is over sooner than oneDNN has found its kernel.
  private static final Products LARGE = new Products(3 << 17);

  /// What is best here. Elsewhere than on x86 nobody has measured yet.
  static Products ofProcessor() {
    return System.getProperty("os.arch", "").equals("amd64") ? LARGE : PLAIN;
  }

  /// Where there may be derivatives: oneDNN's keeps what the product took, which a frozen matrix
  /// has no use for, and an adapter's matrix is too low to repay copying.
  Product of(StageSpec spec, LayerText.Form form, long multiplications) {
    boolean trained = form == LayerText.Form.WHOLE;
    if (multiplications < from || (trained && spec.model().lora().isPresent())) {
      return Product.PLAIN;
    }
    return trained ? Product.ONEDNN_TRAINED : Product.ONEDNN;
  }
}
