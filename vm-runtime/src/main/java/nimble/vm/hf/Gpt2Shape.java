package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.vm.Curve;
import nimble.vm.Layer;

/// GPT-2: learned positions, layer norms before each part, linear maps kept as `[in, out]`.
///
/// @param positions that the folder has vectors for; ours has the first `context` of them
/// @param bias false only for models of ours: theirs have zeros then
record Gpt2Shape(
    int vocabulary,
    int positions,
    int context,
    int layers,
    int heads,
    int width,
    int hidden,
    Curve curve,
    boolean bias)
    implements Shape {
  static final String ARCHITECTURE = "GPT2LMHeadModel";

  private static final int HIDDEN_FACTOR = 4;
  private static final double EPSILON = 1e-5;

  static Gpt2Shape read(JsonObject config, Optional<Integer> asked) throws Malformed {
    int positions = config.integer("n_positions", 1, Integer.MAX_VALUE, 1024);
    int width = config.integer("n_embd", 1, Bounds.WIDTH_MAX);
    double epsilon = config.decimal("layer_norm_epsilon", 0, 1, EPSILON);
    if (epsilon != EPSILON) {
      throw config.wrong("layer_norm_epsilon", "1e-5: other values are not supported");
    }
    if (config.flag("scale_attn_by_inverse_layer_idx", false)
        || !config.flag("scale_attn_weights", true)) {
      throw new Malformed(
          "config.json: attention scaled by the layer's number, or not at all, is not supported");
    }
    return new Gpt2Shape(
        config.integer("vocab_size", 2, Bounds.VOCABULARY_MAX),
        positions,
        Bounds.context(positions, asked),
        config.integer("n_layer", 1, Bounds.LAYERS_MAX),
        config.integer("n_head", 1, width),
        width,
        config.integer("n_inner", 1, Bounds.HIDDEN_MAX, HIDDEN_FACTOR * width),
        Curves.read(config, "activation_function", "gelu_new"),
        true);
  }

  static Optional<Gpt2Shape> of(int context, List<Layer> all) {
    if (all.size() >= 5
        && all.size() % 2 == 1
        && all.getFirst() instanceof Layer.Embedding embedding
        && all.get(1) instanceof Layer.Residual(var first)
        && all.get(2) instanceof Layer.Residual(var second)
        && first.getLast() instanceof Layer.CausalAttention attention
        && second.getLast() instanceof Layer.FeedForward feedForward) {
      var shape =
          new Gpt2Shape(
              embedding.vocabulary(),
              context,
              context,
              (all.size() - 3) / 2,
              attention.heads(),
              embedding.width(),
              feedForward.hidden(),
              feedForward.curve(),
              attention.bias());
      return Optional.of(shape).filter(it -> it.layerList().equals(all));
    }
    return Optional.empty();
  }

  @Override
  public List<Layer> layerList() {
    List<Layer> list = new ArrayList<>();
    list.add(new Layer.Embedding(vocabulary, context, width));
    for (int i = 0; i < layers; i++) {
      list.add(residual(new Layer.CausalAttention(width, heads, bias)));
      list.add(residual(new Layer.FeedForward(width, hidden, curve, bias)));
    }
    list.add(new Layer.LayerNorm(width, bias));
    list.add(new Layer.LanguageHead(width, vocabulary));
    return list;
  }

  private Layer residual(Layer body) {
    return new Layer.Residual(List.of(new Layer.LayerNorm(width, bias), body));
  }

  @Override
  public List<Placement> placements(boolean tied) {
    List<Placement> all = new ArrayList<>();
    String token = "transformer.wte.weight";
    all.add(Placement.same(token, "0.token", vocabulary, width));
    all.add(Placement.front("transformer.wpe.weight", "0.position", context, positions, width));
    for (int i = 0; i < layers; i++) {
      String theirs = "transformer.h.%d.".formatted(i);
      String attention = (1 + 2 * i) + ".";
      String feedForward = (2 + 2 * i) + ".";
      norm(all, theirs + "ln_1", attention + "0");
      linear(all, theirs + "attn.c_attn", attention + "1.qkv", width, 3 * width);
      linear(all, theirs + "attn.c_proj", attention + "1.out", width, width);
      norm(all, theirs + "ln_2", feedForward + "0");
      linear(all, theirs + "mlp.c_fc", feedForward + "1.up", width, hidden);
      linear(all, theirs + "mlp.c_proj", feedForward + "1.down", hidden, width);
    }
    int last = 1 + 2 * layers;
    norm(all, "transformer.ln_f", Integer.toString(last));
    String head = (last + 1) + ".weight";
    all.add(Placement.same(tied ? token : HEAD, head, vocabulary, width));
    return all;
  }

  private void norm(List<Placement> all, String theirs, String ours) {
    all.add(Placement.same(theirs + ".weight", ours + ".scale", width));
    vector(all, theirs + ".bias", ours + ".shift", width);
  }

  private void linear(List<Placement> all, String theirs, String ours, int in, int out) {
    all.add(Placement.turned(theirs + ".weight", ours + ".weight", in, out));
    vector(all, theirs + ".bias", ours + ".bias", out);
  }

  private void vector(List<Placement> all, String theirs, String ours, int count) {
    all.add(bias ? Placement.same(theirs, ours, count) : Placement.zeros(theirs, count));
  }

  @Override
  public ObjectNode config(boolean tied) {
    ObjectNode config = JsonObject.create();
    config.putArray("architectures").add(ARCHITECTURE);
    return config
        .put("model_type", "gpt2")
        .put("vocab_size", vocabulary)
        .put("n_positions", context)
        .put("n_ctx", context)
        .put("n_embd", width)
        .put("n_layer", layers)
        .put("n_head", heads)
        .put("n_inner", hidden)
        .put("activation_function", Curves.gpt2(curve))
        .put("layer_norm_epsilon", EPSILON)
        .put("attn_pdrop", 0.0)
        .put("embd_pdrop", 0.0)
        .put("resid_pdrop", 0.0)
        .put("tie_word_embeddings", tied);
  }
}
