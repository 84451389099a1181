package nimble.vm.hf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.Message;
import nimble.vm.text.Message.Role;
import nimble.vm.text.Packing;

/// Instruction data: a JSON object a line, `{"prompt": …, "response": …}` or `{"messages":
/// [{"role": …, "content": …}, …]}`. What is wrong is said with file, line and key.
public final class InstructionFile {
  public static final int LINE_MAX = 1 << 20;
  public static final int LINES_MAX = 10_000_000;
  public static final int MESSAGES_MAX = 256;

  private static final List<String> PAIR = List.of("prompt", "response");
  private static final String MESSAGES = "messages";

  private InstructionFile() {}

  /// Packs all conversations of a file.
  ///
  /// @param done told how many bytes of it are read
  public static void pack(Path file, ChatTemplate template, Packing packing, LongConsumer done)
      throws Malformed, IOException {
    try (Lines lines = Lines.of(file, LINE_MAX)) {
      pack(lines, template, packing, done);
    }
    if (packing.rows() == 0) {
      throw new Malformed("%s: nothing to train on: no answer fits".formatted(file));
    }
  }

  static void pack(Lines lines, ChatTemplate template, Packing packing, LongConsumer done)
      throws Malformed, IOException {
    long bytes = 0;
    Optional<String> line = lines.next();
    while (line.isPresent()) {
      bytes += line.get().length() + 1;
      if (lines.number() > LINES_MAX) {
        throw new Malformed("%s: more than %d lines".formatted(lines.where(), LINES_MAX));
      }
      if (!line.get().isBlank()) {
        add(lines.where(), line.get(), template, packing);
        done.accept(bytes);
      }
      line = lines.next();
    }
  }

  private static void add(String where, String line, ChatTemplate template, Packing packing)
      throws Malformed {
    List<Message> messages = conversation(where, line);
    try {
      packing.add(template.train(messages));
    } catch (Malformed e) {
      throw new Malformed("%s: %s".formatted(where, e.reason()));
    }
  }

  /// @param where for messages
  static List<Message> conversation(String where, String line) throws Malformed {
    JsonObject item = JsonObject.parse(where, Bytes.utf8(line));
    if (item.has(MESSAGES)) {
      List<Message> messages = new ArrayList<>();
      for (JsonObject said : item.objects(MESSAGES, MESSAGES_MAX)) {
        messages.add(new Message(role(said), said.text("content")));
      }
      if (messages.stream().noneMatch(it -> it.role() == Role.ASSISTANT)) {
        throw item.wrong(MESSAGES, "a conversation with an answer of the assistant");
      }
      return messages;
    }
    if (PAIR.stream().noneMatch(item::has)) {
      throw new Malformed(
          "%s: neither messages nor prompt and response are there, but %s"
              .formatted(where, item.keys()));
    }
    return List.of(
        new Message(Role.USER, item.text("prompt")),
        new Message(Role.ASSISTANT, item.text("response")));
  }

  private static Role role(JsonObject said) throws Malformed {
    return Role.ofWord(said.text("role"))
        .orElseThrow(() -> said.wrong("role", "one of system, user and assistant"));
  }
}
