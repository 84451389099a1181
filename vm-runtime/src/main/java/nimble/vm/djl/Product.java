package nimble.vm.djl;

import java.util.Locale;
import java.util.Optional;

/// How a linear map is written: by what multiplies it (D8).
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

  private final String format;

  Product(String format) {
    this.format = format;
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
