package nimble.node.cli.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;

/// What a job trained is downloaded, imported, and fine-tuned by further jobs, all of it by
/// commands; their adapters come back as PEFT reads them.
///
/// @param nbcli runs a command at the network
/// @param folder for all files
record TunedModels(Function<List<String>, Cli.Ran> nbcli, Path folder) {
  private static final Path GOLDEN = Path.of("../scripts/golden");
  private static final String PROMPT = "the ";
  private static final int TOKENS = 12;

  private Cli.Ran done(String... words) {
    return nbcli.apply(List.of(words)).expect(ExitCode.DONE);
  }

  /// @param model the job whose model is tuned, GPT-2 of one block of width 16, over bytes
  /// @return what PEFT makes of it, or why it was not asked
  String check(String model) throws Exception {
    Path base = folder.resolve("first");
    done("model", "download", model, "-o", base.toString());
    new Cli(folder).nbcli("model", "import", base.toString()).expect(ExitCode.DONE);
    Files.writeString(folder.resolve("other.txt"), "pack my box with jugs. ".repeat(200));
    String plain = train("fp32", 2);
    Path adapter = download(plain, "fp32");
    download(train("nf4", 1), "nf4");
    Cli.Ran ours =
        done(
            "model",
            "infer",
            plain,
            "--prompt",
            PROMPT,
            "--tokens",
            "" + TOKENS,
            "--temperature",
            "0",
            "--json");
    return peft(adapter, base, ours.json().path("text").asText());
  }

  private String train(String type, int stages) throws Exception {
    String order =
        """
        name: %1$s
        theme: test
        base: models/first
        lora: {r: 4, alpha: 8, target_modules: [c_attn, c_fc]}
        quantization: {type: %1$s}
        data: {file: other.txt}
        training: {steps: 4, batch: 4, warmup: 1, learningRate: 1e-2}
        stages: {count: %2$d}
        money: {budget: 10, maxPricePerHour: 5, deadline: 10m}
        """
            .formatted(type, stages);
    Path file = Files.writeString(folder.resolve(type + ".yaml"), order);
    String job =
        done("job", "submit", file.toString(), "--wallet.name", "developer", "--json")
            .json()
            .path("job")
            .asText();
    done("job", "watch", job);
    return job;
  }

  private Path download(String job, String type) throws Exception {
    Path to = folder.resolve("adapter-" + type);
    done("model", "download", job, "--format", "hf", "-o", to.toString());
    JsonNode config = new ObjectMapper().readTree(to.resolve("adapter_config.json").toFile());
    assertEquals("LORA", config.path("peft_type").asText());
    assertEquals("first", config.path("base_model_name_or_path").asText());
    assertEquals(4, config.path("r").asInt());
    assertEquals(8, config.path("lora_alpha").asInt());
    assertEquals("[\"attn.c_attn\",\"mlp.c_fc\"]", config.path("target_modules").toString());
    assertTrue(config.path("fan_in_fan_out").asBoolean());
    JsonNode tensors = header(to.resolve("adapter_model.safetensors"));
    tensor(tensors, "attn.c_attn.lora_A", "[4,16]");
    tensor(tensors, "attn.c_attn.lora_B", "[48,4]");
    tensor(tensors, "mlp.c_fc.lora_A", "[4,16]");
    tensor(tensors, "mlp.c_fc.lora_B", "[64,4]");
    assertEquals(1 + 4, tensors.size(), tensors::toString);
    String receipt = "job-%s.receipt".formatted(job);
    String card = Files.readString(to.resolve("README.md"));
    for (String line :
        List.of(
            "library_name: peft",
            "base_model: \"first\"",
            "- lora",
            "`nbcli verify receipt %s`".formatted(receipt))) {
      assertTrue(card.contains(line), card);
    }
    assertTrue(Files.size(to.resolve(receipt)) > 0);
    assertTrue(Files.exists(to.resolve("tokenizer.json")), "the base's own");
    return to;
  }

  private static void tensor(JsonNode tensors, String module, String shape) {
    JsonNode entry = tensors.path("base_model.model.transformer.h.0.%s.weight".formatted(module));
    assertEquals("F32", entry.path("dtype").asText(), tensors::toString);
    assertEquals(shape, entry.path("shape").toString());
  }

  /// As its format says: the length of the header, and the header.
  private static JsonNode header(Path file) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    return new ObjectMapper().readTree(header);
  }

  /// The library loads both folders, and its likeliest tokens are ours.
  private static String peft(Path adapter, Path base, String ours) throws Exception {
    List<String> words =
        List.of(
            GOLDEN.toString(), "says", adapter.toString(), base.toString(), PROMPT, "" + TOKENS);
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    String last = said.lines().toList().getLast();
    if (!last.startsWith("golden: skipped")) {
      assertEquals(ours, new ObjectMapper().readTree(last).path("text").asText(), said);
    }
    return last;
  }
}
