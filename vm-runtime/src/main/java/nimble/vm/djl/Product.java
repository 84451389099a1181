package nimble.vm.djl;

import java.util.Locale;
import java.util.Optional;
import nimble.vm.StageSpec;

/// How a linear map is written: what multiplies it (D8).
enum Product {
  /// What the library takes by itself: on a CPU MKL, whose kernels for AMD stop at AVX2; on a GPU
  /// cuBLAS.
  PLAIN("torch.linear(%s, %s, %s)"),

  /// oneDNN, which is in libtorch beside it: kernels made for what the processor has, whoever made
  /// it. Of this operator the library has no derivative.
  ONEDNN(
      "ops.mkldnn._linear_pointwise(%s, %s, %s, \"none\","
          + " annotate(List[Optional[number]], []), \"\")"),

  /// The same with a derivative, which the library has for tensors in oneDNN's own form alone.
  /// Copying there and back is a fifteenth of a product.
  ONEDNN_TRAINED("torch.to_dense(torch.mkldnn_linear(%s, %s, %s))");

  /// A product of less is over sooner than oneDNN has found its kernel.
  private static final long MULTIPLICATIONS_MIN = 3 << 17;

  private final String format;

  Product(String format) {
    this.format = format;
  }

  /// What is best here. Elsewhere than on x86 nobody has measured yet.
  static Product ofProcessor() {
    return System.getProperty("os.arch", "").equals("amd64") ? ONEDNN : PLAIN;
  }

  /// For a product of so many multiplications.
  Product of(long multiplications) {
    return multiplications < MULTIPLICATIONS_MIN ? PLAIN : this;
  }

  /// The same where there may be derivatives. A derivative of oneDNN's keeps what the product took,
  /// which a frozen matrix has no use for, and an adapter's matrix is too low to repay copying.
  Product in(StageSpec spec, LayerText.Form form) {
    if (this == PLAIN || form != LayerText.Form.WHOLE) {
      return this;
    }
    return spec.model().lora().isPresent() ? PLAIN : ONEDNN_TRAINED;
  }

  /// The form of `x` that [#text] takes, where that is another one.
  Optional<String> operand(String x) {
    return this == ONEDNN_TRAINED
        ? Optional.of("torch.to_mkldnn(%s)".formatted(x))
        : Optional.empty();
  }

  /// The expression.
  ///
  /// @param bias a name, or `None`
  String text(String operand, String matrix, String bias) {
    return String.format(Locale.ROOT, format, operand, matrix, bias);
  }
}
