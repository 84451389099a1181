package nimble.vm.hf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.ChatTemplate.Piece;
import nimble.vm.text.Message;
import nimble.vm.text.Message.Role;

/// Instruction data: a JSON object a line, `{"prompt": …, "response": …}` or `{"messages":
/// [{"role": …, "content": …}, …]}`. What is wrong is said with file, line and key. One thread.
public final class InstructionFile implements AutoCloseable {
  public static final int LINE_MAX = 1 << 20;
  public static final int LINES_MAX = 10_000_000;
  public static final int MESSAGES_MAX = 256;

  private static final List<String> PAIR = List.of("prompt", "response");
  private static final String MESSAGES = "messages";

  private final Lines lines;
  private final ChatTemplate template;

  private InstructionFile(Lines lines, ChatTemplate template) {
    this.lines = lines;
    this.template = template;
  }

  /// @param template how conversations are written down
  public static InstructionFile open(Path file, ChatTemplate template) throws IOException {
    return of(Lines.of(file, LINE_MAX), template);
  }

  static InstructionFile of(Lines lines, ChatTemplate template) {
    return new InstructionFile(lines, template);
  }

  /// The next conversation; empty when there is none.
  public Optional<List<Piece>> next() throws Malformed, IOException {
    Optional<String> line = lines.next();
    while (line.isPresent() && line.get().isBlank()) {
      line = lines.next();
    }
    if (line.isEmpty()) {
      return Optional.empty();
    }
    if (lines.number() > LINES_MAX) {
      throw new Malformed("%s: more than %d lines".formatted(lines.where(), LINES_MAX));
    }
    return Optional.of(pieces(conversation(lines.where(), line.get())));
  }

  private List<Piece> pieces(List<Message> messages) throws Malformed {
    try {
      return template.train(messages);
    } catch (Malformed e) {
      throw new Malformed("%s: %s".formatted(lines.where(), e.reason()));
    }
  }

  /// `FILE:LINE` of the conversation that came last.
  public String where() {
    return lines.where();
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

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
