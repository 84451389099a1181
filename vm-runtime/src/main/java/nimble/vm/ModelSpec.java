package nimble.vm;

import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.types.Hash;
import nimble.vm.tensor.ParameterTensor;

/// A network as a list of layers, from token ids (when it opens with an embedding) or from rows of
/// numbers, to a head.
///
/// @param context positions a row has; 1 for tabular data and images
/// @param precision of the matrix products
/// @param dropout the share of numbers that training leaves out ([Dropout])
/// @param lora what is trained instead of the layers' weights; otherwise these are
public record ModelSpec(
    int context, List<Layer> layers, Precision precision, float dropout, Optional<Lora> lora) {
  public static final int CONTEXT_MAX = 32_768;
  public static final int LAYERS_MAX = 258;
  public static final long PARAMETERS_MAX = 1L << 36;

  private static final int VERSION = 1;

  public ModelSpec {
    layers = List.copyOf(layers);
    Problems.none(problems(context, layers, lora));
    Problems.none(problems(dropout));
  }

  /// In fp32.
  public ModelSpec(int context, List<Layer> layers) {
    this(context, layers, Precision.FP32, 0, Optional.empty());
  }

  public ModelSpec in(Precision other) {
    return new ModelSpec(context, layers, other, dropout, lora);
  }

  /// Leaving out a share of what embeddings, residual branches and activations give.
  public ModelSpec dropping(float rate) {
    return new ModelSpec(context, layers, precision, rate, lora);
  }

  /// The same layers with adapters, which are what is trained then.
  public ModelSpec with(Lora adapters) {
    return new ModelSpec(context, layers, precision, dropout, Optional.of(adapters));
  }

  public ModelSettings settings() {
    return new ModelSettings(context, precision, dropout, lora);
  }

  /// The layers by themselves, without adapters and dropout.
  public ModelSpec plain() {
    return new ModelSpec(context, layers, precision, 0, Optional.empty());
  }

  /// Everything that is wrong with such a model; empty when [ModelSpec] takes it.
  public static List<Problem> problems(int context, List<Layer> layers) {
    Problems problems = new Problems();
    problems.range("model.context", context, 1, CONTEXT_MAX);
    if (!problems.range("model.layers", layers.size(), 1, LAYERS_MAX)) {
      return problems.list();
    }
    int last = layers.size() - 1;
    for (int i = 0; i <= last; i++) {
      Layer layer = layers.get(i);
      String at = "model.layers[" + i + "]";
      String name = layer.getClass().getSimpleName();
      problems.that(i == 0 || !(layer instanceof Layer.Embedding), at, name, "the first layer");
      problems.that(
          layer instanceof Layer.Head == (i == last), at, name, "a head at the end and only there");
      LayerRules.check(layer, context, at, problems);
    }
    if (problems.list().isEmpty()) {
      LayerRules.chain(layers, "model.layers", problems);
      long parameters = layers.stream().mapToLong(Metering::parameters).sum();
      problems.range("model.parameters", parameters, 1, PARAMETERS_MAX);
    }
    return problems.list();
  }

  /// Of a share that training leaves out.
  public static List<Problem> problems(float dropout) {
    Problems problems = new Problems();
    problems.range("training.dropout", dropout, 0, Dropout.RATE_MAX);
    return problems.list();
  }

  /// And with adapters.
  public static List<Problem> problems(int context, List<Layer> layers, Optional<Lora> lora) {
    List<Problem> wrong = problems(context, layers);
    if (!wrong.isEmpty() || lora.isEmpty()) {
      return wrong;
    }
    Problems problems = new Problems();
    List<String> names = Layout.linears(layers);
    for (LoraTarget target : lora.get().targets()) {
      problems.that(
          names.stream().anyMatch(target::isAt),
          "lora.target_modules",
          target.names().getFirst(),
          "what this model has");
    }
    for (ParameterTensor tensor : Layout.tensors(layers)) {
      problems.range("model.layers." + tensor.name(), tensor.size(), 1, StageSpec.PARAMETERS_MAX);
    }
    return problems.list();
  }

  public boolean takesTokens() {
    return layers.getFirst() instanceof Layer.Embedding;
  }

  /// It gives ids of what it takes, so it can go on from what it gave.
  public boolean generates() {
    return takesTokens() && head() instanceof Layer.LanguageHead;
  }

  public Layer.Head head() {
    return (Layer.Head) layers.getLast();
  }

  /// Numbers in the layers' weights, adapters aside.
  public long parameters() {
    return layers.stream().mapToLong(Metering::parameters).sum();
  }

  /// The whole model as one stage.
  public StageSpec whole(int rows) {
    return new StageSpec(this, 0, layers.size(), rows);
  }

  public Hash hash() {
    return Hashing.of("model", Writer.encode(this::write));
  }

  public void write(Writer writer) {
    writer.u8(VERSION).u32(context).u8(precision.tag);
    Fp32Field.write(dropout, writer);
    writer.list(layers, LAYERS_MAX, LayerCodec::write);
    writer.optional(lora, Lora::write);
  }

  public static ModelSpec read(Reader reader) throws Malformed {
    reader.version(VERSION);
    int context = reader.length(CONTEXT_MAX);
    Precision precision = Precision.read(reader);
    float dropout = Fp32Field.read(reader);
    Problems.refuse(problems(dropout));
    List<Layer> layers = reader.list(LAYERS_MAX, LayerCodec::read);
    Problems.refuse(problems(context, layers));
    Optional<Lora> lora = reader.optional(Lora::read);
    Problems.refuse(problems(context, layers, lora));
    return new ModelSpec(context, layers, precision, dropout, lora);
  }
}
