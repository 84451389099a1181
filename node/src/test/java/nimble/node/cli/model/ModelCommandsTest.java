package nimble.node.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.node.files.JobDraft;
import nimble.node.files.JobFile;
import nimble.node.files.Mistake;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Precision;
import nimble.vm.tensor.BaseForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Model folders in and out, without a network.
final class ModelCommandsTest {
  private static final Path FOLDERS = Path.of("../vm-runtime/src/test/resources/hf");

  @TempDir Path folder;

  private Cli.Ran nbcli(String... arguments) {
    return new Cli(folder).nbcli(arguments);
  }

  @Test
  void whatIsImportedIsExportedTheSame() throws Exception {
    String from = FOLDERS.resolve("qwen2").toString();
    JsonNode said = nbcli("model", "import", from, "--json").expect(ExitCode.DONE).json();
    assertEquals("Qwen2ForCausalLM", said.path("architecture").asText());
    assertTrue(said.path("tiedEmbeddings").asBoolean());
    assertEquals("fp32", said.path("storage").asText());
    nbcli("model", "verify", "qwen2").expect(ExitCode.DONE);
    Path first = folder.resolve("first");
    nbcli("model", "export", "qwen2", "-o", first.toString()).expect(ExitCode.DONE);
    nbcli("model", "import", first.toString(), "--name", "again").expect(ExitCode.DONE);
    JsonNode again = nbcli("model", "verify", "again", "--json").expect(ExitCode.DONE).json();
    assertEquals(said.path("bytes"), again.path("bytes"));
    assertArrays("qwen2", "again");
  }

  private void assertArrays(String one, String other) throws Exception {
    Path models = folder.resolve("models");
    assertEquals(
        -1,
        Files.mismatch(
            models.resolve(one).resolve("weights"), models.resolve(other).resolve("weights")));
  }

  @Test
  void damageIsFound() throws Exception {
    String from = FOLDERS.resolve("gpt2").toString();
    nbcli("model", "import", from, "--name", "small", "--storage", "bf16").expect(ExitCode.DONE);
    Path weights = folder.resolve("models/small/weights");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[100] ^= 1;
    Files.write(weights, bytes);
    Cli.Ran ran = nbcli("model", "verify", "small").expect(ExitCode.USER_MISTAKE);
    assertTrue(ran.err().contains("is damaged"), ran.err());
  }

  @Test
  void aJobBeginsWithAnImportedModel() throws Exception {
    String from = FOLDERS.resolve("gpt2").toString();
    nbcli("model", "import", from, "--name", "small").expect(ExitCode.DONE);
    String data = Files.createFile(folder.resolve("chat.jsonl")).toString();
    Path job = folder.resolve("tune.yaml");
    nbcli("job", "init", job.toString(), "--base", "small", "--data", data).expect(ExitCode.DONE);
    JobDraft draft = JobFile.read(job);
    Lora usual = new Lora(16, 32, List.of(LoraTarget.QKV), BaseForm.FP32);
    assertEquals(Optional.of(usual), draft.model().lora());
    assertEquals("small", draft.base().orElseThrow().base().name());
    String narrow = Files.readString(job).replace("precision: fp32", "precision: bf16");
    Files.writeString(
        job, narrow.replace("type: fp32", "type: nf4").replaceAll("# (double|block)", "$1"));
    draft = JobFile.read(job);
    assertEquals(Precision.BF16, draft.model().precision());
    assertEquals(Optional.of(BaseForm.NF4), draft.model().lora().map(Lora::base));
    Files.writeString(job, narrow.replace("precision:", "context: 8\n  precision:"));
    Mistake mistake = assertThrows(Mistake.class, () -> JobFile.read(job));
    assertTrue(mistake.words().endsWith("the base is the model"), mistake.words());
    nbcli("job", "init", job + "2", "--base", "none").expect(ExitCode.USER_MISTAKE);
    nbcli("job", "init", job + "2", "--base", "small", "--template", "gpt")
        .expect(ExitCode.USER_MISTAKE);
  }

  @Test
  void nothingIsHalfWritten() throws Exception {
    Path bad = Files.createDirectory(folder.resolve("bad"));
    Files.copy(FOLDERS.resolve("gpt2/config.json"), bad.resolve("config.json"));
    Files.writeString(bad.resolve("pytorch_model.bin"), "");
    Cli.Ran ran = nbcli("model", "import", bad.toString()).expect(ExitCode.USER_MISTAKE);
    assertTrue(ran.err().contains("safe_serialization=True"), ran.err());
    assertFalse(Files.exists(folder.resolve("models/bad")));
    Files.copy(FOLDERS.resolve("gpt2/model.safetensors"), bad.resolve("model.safetensors"));
    Files.writeString(bad.resolve("tokenizer.json"), "{}");
    nbcli("model", "import", bad.toString()).expect(ExitCode.USER_MISTAKE);
    assertFalse(Files.exists(folder.resolve("models/bad")));
    Files.delete(bad.resolve("tokenizer.json"));
    nbcli("model", "import", bad.toString()).expect(ExitCode.DONE);
    nbcli("model", "import", bad.toString()).expect(ExitCode.USER_MISTAKE);
    nbcli("model", "import", bad.toString(), "--name", "x", "--context", "17")
        .expect(ExitCode.USER_MISTAKE);
    nbcli("model", "verify", "none").expect(ExitCode.USER_MISTAKE);
  }
}
