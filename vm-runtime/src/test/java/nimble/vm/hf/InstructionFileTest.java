package nimble.vm.hf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.vm.Layer;
import nimble.vm.text.ByteTokenizer;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.Packing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstructionFileTest {
  @TempDir private Path temporary;

  @Test
  void x3OnlyAnswersCount() throws Exception {
    Packing packing =
        pack(
            """
            {"prompt": "1+1?", "response": "2"}

            {"messages": [{"role": "system", "content": "Sum."}, {"role": "user", "content": "2+2?"},
             {"role": "assistant", "content": "4"}]}
            """
                .replace("},\n ", "}, "),
            64);
    List<Packing.Row> rows = packing.finish();
    assertEquals(2, packing.conversations());
    assertEquals(1, rows.size());
    List<Integer> counted =
        rows.getFirst().labels().stream().filter(it -> it != Layer.Head.UNLABELLED).toList();
    assertEquals(" 2\n 4\n", new ByteTokenizer().decode(counted));
    assertEquals(6, rows.getFirst().counted());
    assertTrue(
        new ByteTokenizer()
            .decode(rows.getFirst().ids())
            .startsWith("User: 1+1?\nAssistant: 2\nSum.\nUser: 2+2?\nAssistant: 4\n"));
  }

  @Test
  void errorsNameFileLineAndKey() {
    refused("{\"prompt\": 1, \"response\": \"2\"}", "data.jsonl:2: prompt must be a text, was 1");
    refused("{\"prompt\": \"x\"}", "data.jsonl:2: response is missing");
    refused("{\"text\": \"x\"}", "data.jsonl:2: neither messages nor prompt");
    refused("{\"prompt\": \"x\"", "data.jsonl:2:1: ");
    refused(
        "{\"messages\": [{\"role\": \"bot\", \"content\": \"x\"}]}",
        "data.jsonl:2: messages[0].role must be one of system, user and assistant, was \"bot\"");
    refused(
        "{\"messages\": [{\"role\": \"user\"}]}", "data.jsonl:2: messages[0].content is missing");
    refused(
        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}",
        "messages must be a conversation with an answer");
  }

  private void refused(String line, String words) {
    String good = "{\"prompt\": \"a\", \"response\": \"b\"}\n";
    Malformed refused = assertThrows(Malformed.class, () -> pack(good + line + "\n", 64));
    assertTrue(refused.reason().contains(words), refused.reason());
  }

  @Test
  void h4TemplatesAreKnownByTheirTokens() throws Exception {
    assertEquals(Optional.empty(), ChatTemplates.of(SmallFiles.in(temporary)));
    config("\"{% for m in messages %}<|im_start|>{{ m.role }}\"");
    assertEquals(Optional.of(ChatTemplate.CHATML), ChatTemplates.of(SmallFiles.in(temporary)));
    config("[{\"name\": \"default\", \"template\": \"[INST]\"}]");
    assertEquals(Optional.of(ChatTemplate.MISTRAL), ChatTemplates.of(SmallFiles.in(temporary)));
    config("\"{{ ''.__class__ }}\"");
    Malformed refused =
        assertThrows(Malformed.class, () -> ChatTemplates.of(SmallFiles.in(temporary)));
    assertTrue(refused.reason().contains("choose one by name"), refused.reason());
  }

  private void config(String template) throws Exception {
    Files.writeString(
        temporary.resolve("tokenizer_config.json"), "{\"chat_template\": %s}".formatted(template));
  }

  private Packing pack(String text, int context) throws Exception {
    Path file = Files.writeString(temporary.resolve("data.jsonl"), text);
    Packing packing = new Packing(new ByteTokenizer(), context);
    try (InstructionFile opened = InstructionFile.open(file, ChatTemplate.PLAIN)) {
      for (var next = opened.next(); next.isPresent(); next = opened.next()) {
        packing.add(next.get());
      }
    }
    return packing;
  }
}
