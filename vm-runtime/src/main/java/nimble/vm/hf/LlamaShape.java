package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.vm.Curve;
import nimble.vm.Layer;
import nimble.vm.Rotary;

/// Llama and its kin: rotary positions, grouped queries, gated feed-forward, RMS norms. Qwen2 has
/// biases of queries, keys and values only; Mistral is Llama as far as a context goes that its
/// sliding window holds.
///
/// @param positions that the model was made for
record LlamaShape(
    int vocabulary,
    int positions,
    int context,
    int layers,
    int width,
    int hidden,
    Curve curve,
    float epsilon,
    Layer.GroupedAttention attention,
    boolean feedForwardBias)
    implements Shape {
  static final String LLAMA = "LlamaForCausalLM";
  static final String MISTRAL = "MistralForCausalLM";
  static final String QWEN2 = "Qwen2ForCausalLM";

  static LlamaShape read(Family family, JsonObject config, Optional<Integer> asked)
      throws Malformed {
    int positions = config.integer("max_position_embeddings", 1, Integer.MAX_VALUE, 2048);
    int context = Bounds.context(positions, asked);
    checkWindow(family, config, context);
    int width = config.integer("hidden_size", 1, Bounds.WIDTH_MAX);
    return new LlamaShape(
        config.integer("vocab_size", 2, Bounds.VOCABULARY_MAX),
        positions,
        context,
        config.integer("num_hidden_layers", 1, Bounds.LAYERS_MAX),
        width,
        config.integer("intermediate_size", 1, Bounds.HIDDEN_MAX),
        Curves.read(config, "hidden_act", "silu"),
        (float) config.decimal("rms_norm_eps", 1e-12, 1e-2, 1e-6),
        attention(family, config, width),
        family == Family.LLAMA && config.flag("mlp_bias", false));
  }

  private static Layer.GroupedAttention attention(Family family, JsonObject config, int width)
      throws Malformed {
    int heads = config.integer("num_attention_heads", 1, width);
    boolean bias = family == Family.LLAMA && config.flag("attention_bias", false);
    return new Layer.GroupedAttention(
        width,
        heads,
        config.integer("num_key_value_heads", 1, heads, heads),
        config.integer("head_dim", 1, width, width / heads),
        bias || family == Family.QWEN2,
        bias,
        Optional.of(RotaryConfig.read(config)));
  }

  /// A position sees all before it as long as they are in the window.
  private static void checkWindow(Family family, JsonObject config, int context) throws Malformed {
    String key = "sliding_window";
    boolean used =
        family == Family.QWEN2 ? config.flag("use_sliding_window", false) : config.has(key);
    if (used && config.has(key) && config.integer(key, 1, Integer.MAX_VALUE) < context) {
      int window = config.integer(key, 1, Integer.MAX_VALUE);
      throw new Malformed(
          "%s: a sliding window of %d is not supported in a context of %d: import it with --context %d"
              .formatted(HfFiles.CONFIG, window, context, window));
    }
  }

  static Optional<LlamaShape> of(int context, List<Layer> all) {
    if (all.size() >= 5
        && all.size() % 2 == 1
        && all.getFirst() instanceof Layer.Embedding embedding
        && all.get(1) instanceof Layer.Residual(var first)
        && all.get(2) instanceof Layer.Residual(var second)
        && first.getFirst() instanceof Layer.RmsNorm norm
        && first.getLast() instanceof Layer.GroupedAttention attention
        && second.getLast() instanceof Layer.GatedFeedForward feedForward
        && attention.rotary().isPresent()
        && (attention.bias() || !attention.outBias())) {
      var shape =
          new LlamaShape(
              embedding.vocabulary(),
              context,
              context,
              (all.size() - 3) / 2,
              embedding.width(),
              feedForward.hidden(),
              feedForward.curve(),
              norm.epsilon(),
              attention,
              feedForward.bias());
      return Optional.of(shape).filter(it -> it.layerList().equals(all) && it.isKnown());
    }
    return Optional.empty();
  }

  /// Biases of queries, keys and values alone are Qwen2's, whose feed-forward has none.
  private boolean isKnown() {
    return !isQwen2() || !feedForwardBias;
  }

  private boolean isQwen2() {
    return attention.bias() && !attention.outBias();
  }

  private Rotary rotary() {
    return attention.rotary().orElseThrow();
  }

  @Override
  public List<Layer> layerList() {
    List<Layer> list = new ArrayList<>();
    list.add(new Layer.Embedding(vocabulary, 0, width));
    for (int i = 0; i < layers; i++) {
      list.add(residual(attention));
      list.add(residual(new Layer.GatedFeedForward(width, hidden, curve, feedForwardBias)));
    }
    list.add(new Layer.RmsNorm(width, epsilon));
    list.add(new Layer.LanguageHead(width, vocabulary));
    return list;
  }

  private Layer residual(Layer body) {
    return new Layer.Residual(List.of(new Layer.RmsNorm(width, epsilon), body));
  }

  @Override
  public List<Placement> placements(boolean tied) {
    List<Placement> all = new ArrayList<>();
    String token = "model.embed_tokens.weight";
    all.add(Placement.same(token, "0.token", vocabulary, width));
    for (int i = 0; i < layers; i++) {
      String theirs = "model.layers.%d.".formatted(i);
      String first = (1 + 2 * i) + ".";
      String second = (2 + 2 * i) + ".";
      norm(all, theirs + "input_layernorm", first + "0");
      linear(all, theirs + "self_attn.q_proj", first + "1.q", attention.queries());
      linear(all, theirs + "self_attn.k_proj", first + "1.k", attention.shared());
      linear(all, theirs + "self_attn.v_proj", first + "1.v", attention.shared());
      linear(all, theirs + "self_attn.o_proj", first + "1.out", attention.out());
      norm(all, theirs + "post_attention_layernorm", second + "0");
      var up = new Layer.Linear(width, hidden, feedForwardBias);
      linear(all, theirs + "mlp.gate_proj", second + "1.gate", up);
      linear(all, theirs + "mlp.up_proj", second + "1.up", up);
      var down = new Layer.Linear(hidden, width, feedForwardBias);
      linear(all, theirs + "mlp.down_proj", second + "1.down", down);
    }
    int last = 1 + 2 * layers;
    norm(all, "model.norm", Integer.toString(last));
    String head = (last + 1) + ".weight";
    all.add(Placement.same(tied ? token : HEAD, head, vocabulary, width));
    return all;
  }

  private void norm(List<Placement> all, String theirs, String ours) {
    all.add(Placement.same(theirs + ".weight", ours + ".scale", width));
  }

  private static void linear(List<Placement> all, String theirs, String ours, Layer.Linear linear) {
    all.add(Placement.same(theirs + ".weight", ours + ".weight", linear.out(), linear.in()));
    if (linear.bias()) {
      all.add(Placement.same(theirs + ".bias", ours + ".bias", linear.out()));
    }
  }

  @Override
  public ObjectNode config(boolean tied) {
    ObjectNode config = JsonObject.create();
    config.putArray("architectures").add(isQwen2() ? QWEN2 : LLAMA);
    config
        .put("model_type", isQwen2() ? "qwen2" : "llama")
        .put("vocab_size", vocabulary)
        .put("max_position_embeddings", context)
        .put("hidden_size", width)
        .put("intermediate_size", hidden)
        .put("num_hidden_layers", layers)
        .put("num_attention_heads", attention.heads())
        .put("num_key_value_heads", attention.kvHeads())
        .put("head_dim", attention.headWidth())
        .put("hidden_act", Curves.gpt2(curve))
        .put("rms_norm_eps", decimal(epsilon))
        .put("attention_dropout", 0.0)
        .put("tie_word_embeddings", tied);
    if (!isQwen2()) {
      config.put("attention_bias", attention.bias()).put("mlp_bias", feedForwardBias);
    }
    RotaryConfig.write(rotary(), config);
    return config;
  }

  /// What people write for an fp32 number.
  static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
