package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.vm.Rotary;

/// Rotary positions in a `config.json`: `rope_parameters`, or as older versions of the library have
/// it `rope_theta` and `rope_scaling`.
final class RotaryConfig {
  private static final double THETA = 10_000;
  private static final int CONTEXT_MAX = 1 << 20;

  private RotaryConfig() {}

  static Rotary read(JsonObject config) throws Malformed {
    Optional<JsonObject> scaling = config.optionalObject("rope_scaling");
    Optional<JsonObject> newer = config.optionalObject("rope_parameters");
    JsonObject source = newer.or(() -> scaling).orElse(config);
    JsonObject theta = newer.filter(it -> it.has("rope_theta")).orElse(config);
    if (config.decimal("partial_rotary_factor", 0, 1, 1) != 1
        || source.decimal("partial_rotary_factor", 0, 1, 1) != 1) {
      throw config.wrong("partial_rotary_factor", "1: turning a part of a head is not supported");
    }
    return new Rotary(
        (float) theta.decimal("rope_theta", 1, Rotary.THETA_MAX, THETA), scaling(source));
  }

  private static Rotary.Scaling scaling(JsonObject source) throws Malformed {
    String type = source.text("rope_type", source.text("type", "default"));
    return switch (type) {
      case "default" -> new Rotary.Unscaled();
      case "linear" -> new Rotary.Linear(factor(source));
      case "llama3" ->
          new Rotary.Llama3(
              factor(source),
              (float) source.decimal("low_freq_factor", 1e-6, Rotary.FACTOR_MAX),
              (float) source.decimal("high_freq_factor", 1e-6, Rotary.FACTOR_MAX),
              source.integer("original_max_position_embeddings", 1, CONTEXT_MAX));
      default ->
          throw new Malformed(
              "%s: positions scaled as '%s' are not known here: default, linear and llama3 are"
                  .formatted(HfFiles.CONFIG, type));
    };
  }

  private static float factor(JsonObject source) throws Malformed {
    return (float) source.decimal("factor", 1, Rotary.FACTOR_MAX);
  }

  /// Both for older and for newer versions.
  static void write(Rotary rotary, ObjectNode config) {
    double theta = LlamaShape.decimal(rotary.theta());
    config.put("rope_theta", theta);
    into(rotary.scaling(), config.putObject("rope_parameters").put("rope_theta", theta));
    if (!(rotary.scaling() instanceof Rotary.Unscaled)) {
      into(rotary.scaling(), config.putObject("rope_scaling").put("rope_theta", theta));
    }
  }

  private static void into(Rotary.Scaling scaling, ObjectNode to) {
    switch (scaling) {
      case Rotary.Unscaled() -> to.put("rope_type", "default");
      case Rotary.Linear(float factor) ->
          to.put("rope_type", "linear").put("factor", LlamaShape.decimal(factor));
      case Rotary.Llama3(float factor, float low, float high, int context) ->
          to.put("rope_type", "llama3")
              .put("factor", LlamaShape.decimal(factor))
              .put("low_freq_factor", LlamaShape.decimal(low))
              .put("high_freq_factor", LlamaShape.decimal(high))
              .put("original_max_position_embeddings", context);
    }
  }
}
