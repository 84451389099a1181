package nimble.vm.hf;

import nimble.codec.Malformed;
import nimble.vm.Curve;

/// The names of non-linearities there.
final class Curves {
  private Curves() {}

  static Curve read(JsonObject config, String key, String otherwise) throws Malformed {
    return switch (config.text(key, otherwise)) {
      case "gelu" -> Curve.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Curve.GELU_TANH;
      case "relu" -> Curve.RELU;
      case "silu", "swish" -> Curve.SILU;
      default -> throw config.wrong(key, "one of gelu, gelu_new, gelu_pytorch_tanh, relu and silu");
    };
  }

  static String gpt2(Curve curve) {
    return switch (curve) {
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_new";
      case RELU -> "relu";
      case SILU -> "silu";
    };
  }
}
