package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import nimble.codec.Malformed;
import nimble.vm.Lora;
import nimble.vm.ModelSpec;

/// Writes adapters as a folder of PEFT: `adapter_config.json` and `adapter_model.safetensors` (H7).
public final class AdapterExport {
  private static final String PREFIX = "base_model.model.";
  private static final String WEIGHT = ".weight";

  private final Lora lora;
  private final Shape shape;
  private final String base;
  private final SortedMap<String, Numbers> tensors = new TreeMap<>();
  private final List<TensorEntry> entries = new ArrayList<>();

  private AdapterExport(Lora lora, Shape shape, String base) {
    this.lora = lora;
    this.shape = shape;
    this.base = base;
  }

  /// @param spec with adapters
  /// @param stages of the whole model, in order: their adapters' weights
  /// @param base what PEFT looks for when nobody says which model the adapters are for
  /// @throws Malformed when that library has no such model
  public static AdapterExport of(ModelSpec spec, List<StageWeights> stages, String base)
      throws Malformed {
    AdapterExport export =
        new AdapterExport(spec.lora().orElseThrow(), ModelExport.shape(spec), base);
    Map<String, String> modules = export.modules();
    for (StageWeights stage : stages) {
      stage.each((tensor, numbers) -> {
        int dot = tensor.name().lastIndexOf('.');
        String module = Objects.requireNonNull(modules.get(tensor.name().substring(0, dot)));
        String name = PREFIX + module + tensor.name().substring(dot) + WEIGHT;
        List<Long> sides = tensor.shape().stream().map(Integer::longValue).toList();
        export.tensors.put(name, numbers);
        export.entries.add(new TensorEntry(name, Dtype.F32, sides, 0));
      });
    }
    return export;
  }

  /// Their names of our linear maps.
  private Map<String, String> modules() {
    Map<String, String> modules = new TreeMap<>();
    for (Placement placement : shape.placements(false)) {
      if (placement.parameter().endsWith(WEIGHT)) {
        modules.put(without(placement.parameter()), without(placement.tensor()));
      }
    }
    return modules;
  }

  private static String without(String name) {
    return name.substring(0, name.length() - WEIGHT.length());
  }

  /// Their names of all adapters, in our order.
  List<String> names() {
    return entries.stream().map(TensorEntry::name).toList();
  }

  /// Bytes of all numbers.
  public long bytes() {
    return entries.stream().mapToLong(TensorEntry::bytes).sum();
  }

  /// @param folder empty
  /// @param done told how many bytes of numbers are written
  public void write(Path folder, LongConsumer done) throws IOException {
    Files.writeString(folder.resolve(AdapterNames.CONFIG), JsonObject.show(config()));
    SafetensorsHeader header = SafetensorsHeader.of(entries, Map.of("format", "pt"));
    Path file = folder.resolve(AdapterNames.WEIGHTS);
    try (SafetensorsWriter writer = new SafetensorsWriter(file, header, done)) {
      for (TensorEntry entry : header.tensors()) {
        writer.begin(entry);
        writer.put(entry.dtype(), Objects.requireNonNull(tensors.get(entry.name())));
      }
      writer.finish();
    }
  }

  private ObjectNode config() {
    ObjectNode config = JsonObject.create();
    config
        .put("peft_type", "LORA")
        .put("task_type", "CAUSAL_LM")
        .put("base_model_name_or_path", base)
        .put("r", lora.rank())
        .put("lora_alpha", LlamaShape.decimal(lora.alpha()))
        .put("lora_dropout", LlamaShape.decimal(lora.dropout()))
        .put("bias", "none")
        .put("fan_in_fan_out", shape instanceof Gpt2Shape)
        .put("inference_mode", true)
        .put("use_rslora", false)
        .put("use_dora", false);
    ArrayNode targets = config.putArray("target_modules");
    var names = new TreeSet<String>();
    tensors.keySet().forEach(name -> names.add(target(name)));
    names.forEach(targets::add);
    return config;
  }

  /// The last two parts of a module's name: GPT-2 has two kinds of `c_proj`.
  private static String target(String tensor) {
    String[] parts = tensor.split("\\.", -1);
    int module = parts.length - 3;
    return parts[module - 1] + "." + parts[module];
  }
}
