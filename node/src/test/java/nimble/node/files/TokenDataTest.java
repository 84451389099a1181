package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import nimble.training.spec.DataSpec;
import nimble.vm.data.ExampleData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Conversations and tokens as a job file orders them.
final class TokenDataTest {
  private static final Path TOKENIZER =
      Path.of("../vm-runtime/src/test/resources/hf/tokenizer").toAbsolutePath();

  private static final String LINE =
      "{\"prompt\": \"who sums?\", \"response\": \"the miner and the auditor\"}\n";

  @TempDir private Path folder;

  private JobDraft draft(int vocabulary, String data) throws Exception {
    String job =
        """
        name: small
        model: {context: 32, layers: 1, heads: 2, width: 16, vocabulary: %d}
        data: {file: data.jsonl, split: 0.5, %s}
        training: {epochs: 2, batch: 1}
        money: {budget: 10, maxPricePerHour: 5}
        """
            .formatted(vocabulary, data);
    Path file = Files.writeString(folder.resolve("job.yaml"), job);
    return JobFile.read(file);
  }

  private long bytes(int vocabulary, String data) throws Exception {
    JobDraft draft = draft(vocabulary, data);
    try (PreparedData prepared = draft.prepare()) {
      assertTrue(prepared.size() <= DataSpec.SIZE_MAX);
      assertEquals(0, prepared.size() % ExampleData.rowBytes(draft.model()));
      return prepared.size() / ExampleData.rowBytes(draft.model());
    }
  }

  @Test
  void conversationsBecomeExamples() throws Exception {
    Files.writeString(folder.resolve("data.jsonl"), LINE.repeat(8));
    assertEquals(8, bytes(256, "form: instructions"));
    assertEquals(8, draft(256, "form: instructions").training().steps());
    String tokens = "form: instructions, chatTemplate: chatml, tokenizer: " + TOKENIZER;
    assertTrue(bytes(320, tokens) <= 8);
    assertTrue(bytes(320, "tokenizer: " + TOKENIZER) >= 2);
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    Files.writeString(folder.resolve("data.jsonl"), LINE + "{\"prompt\": 1}\n");
    refuses(256, "form: instructions", "data.jsonl:2: prompt must be a text");
    Files.writeString(folder.resolve("data.jsonl"), LINE.repeat(8));
    refuses(256, "form: chat", "data.form must be text or instructions");
    refuses(256, "form: instructions, chatTemplate: none", "must be one of plain, chatml");
    refuses(256, "form: instructions, chatTemplate: llama3", "it has no <|begin_of_text|>");
    refuses(256, "tokenizer: " + TOKENIZER, "model.vocabulary must be more than");
  }

  /// Here one that knows a few letters, and none that stands for all others.
  @Test
  void whatTheTokenizerCannotTakeIsNamed() throws Exception {
    Path few = Files.createDirectories(folder.resolve("few"));
    Files.writeString(
        few.resolve("tokenizer.json"),
        """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
         "pre_tokenizer":null,"post_processor":null,"decoder":null,
         "model":{"type":"Unigram","unk_id":null,"byte_fallback":false,
          "vocab":[["a",-1.0],["b",-1.0],["\\n",-1.0]]}}
        """);
    Files.writeString(folder.resolve("data.jsonl"), LINE);
    refuses(256, "form: instructions, tokenizer: few", "data.jsonl:1: the tokenizer cannot take");
    Files.writeString(folder.resolve("data.jsonl"), "ab\n".repeat(40));
    assertTrue(bytes(256, "tokenizer: few") > 0);
    Files.writeString(folder.resolve("data.jsonl"), "ab\nabc\n");
    refuses(256, "tokenizer: few", "data.jsonl:3, in the lines before: the tokenizer cannot take");
  }

  private void refuses(int vocabulary, String data, String words) {
    Mistake mistake = assertThrows(Mistake.class, () -> bytes(vocabulary, data));
    assertTrue(mistake.words().contains(words), mistake.words());
  }
}
