package nimble.vm.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.codec.Malformed;

/// How a conversation is written down for a model: those of the families that are known (X2).
public enum ChatTemplate {
  /// Words alone: `User: …`, `Assistant: …`, a line each.
  PLAIN(List.of(), ""),
  /// Of Qwen and many others.
  CHATML(List.of("<|im_start|>", "<|im_end|>"), "<|im_end|>"),
  LLAMA3(
      List.of("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
      "<|eot_id|>"),
  MISTRAL(List.of("<s>", "</s>"), "</s>");

  /// Immutable.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> tokens;

  private final String end;

  ChatTemplate(List<String> tokens, String end) {
    this.tokens = tokens;
    this.end = end;
  }

  /// A run of text, and whether a loss counts it.
  public record Piece(String text, boolean counted) {}

  /// Its name for people.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<ChatTemplate> ofWord(String word) {
    for (ChatTemplate template : values()) {
      if (template.word().equals(word)) {
        return Optional.of(template);
      }
    }
    return Optional.empty();
  }

  public static List<String> words() {
    return List.of(values()).stream().map(ChatTemplate::word).toList();
  }

  /// The one that a model's own template is, by the tokens in it; empty for others.
  public static Optional<ChatTemplate> recognize(String program) {
    if (program.contains("<|start_header_id|>")) {
      return Optional.of(LLAMA3);
    }
    if (program.contains("<|im_start|>")) {
      return Optional.of(CHATML);
    }
    return program.contains("[INST]") ? Optional.of(MISTRAL) : Optional.empty();
  }

  /// The token that ends an answer; empty where there is none but the model's own.
  public Optional<String> end() {
    return end.isEmpty() ? Optional.empty() : Optional.of(end);
  }

  /// Text before which an answer ends, where no token says so.
  public List<String> stops() {
    return this == PLAIN ? List.of("\nUser:") : List.of();
  }

  /// Tokens that a tokenizer must have for this template, but has not.
  public List<String> missing(Tokenizer tokenizer) {
    return tokens.stream().filter(token -> tokenizer.id(token).isEmpty()).toList();
  }

  /// A whole conversation, answers counted (X3).
  ///
  /// @throws Malformed when somebody says one of the template's own tokens
  public List<Piece> train(List<Message> messages) throws Malformed {
    Pieces pieces = new Pieces();
    write(messages, pieces);
    return pieces.list;
  }

  /// A conversation up to where the model answers.
  public String ask(List<Message> messages) throws Malformed {
    Pieces pieces = new Pieces();
    write(messages, pieces);
    pieces.add(
        switch (this) {
          case PLAIN -> "Assistant:";
          case CHATML -> "<|im_start|>assistant\n";
          case LLAMA3 -> "<|start_header_id|>assistant<|end_header_id|>\n\n";
          case MISTRAL -> "";
        });
    StringBuilder all = new StringBuilder();
    pieces.list.forEach(piece -> all.append(piece.text()));
    return all.toString();
  }

  private void write(List<Message> messages, Pieces to) throws Malformed {
    for (Message message : messages) {
      for (String token : tokens) {
        if (message.content().contains(token)) {
          throw new Malformed(
              "content must not contain %s, a token of the template %s".formatted(token, word()));
        }
      }
    }
    switch (this) {
      case PLAIN -> plain(messages, to);
      case CHATML -> chatml(messages, to);
      case LLAMA3 -> llama3(messages, to);
      case MISTRAL -> mistral(messages, to);
    }
  }

  private static void plain(List<Message> messages, Pieces to) {
    for (Message message : messages) {
      switch (message.role()) {
        case SYSTEM -> to.add(message.content() + "\n");
        case USER -> to.add("User: " + message.content() + "\n");
        case ASSISTANT -> to.add("Assistant:").count(" " + message.content() + "\n");
      }
    }
  }

  private static void chatml(List<Message> messages, Pieces to) {
    for (Message message : messages) {
      to.add("<|im_start|>" + message.role().word() + "\n");
      to.say(message, message.content() + "<|im_end|>");
      to.add("\n");
    }
  }

  private static void llama3(List<Message> messages, Pieces to) {
    to.add("<|begin_of_text|>");
    for (Message message : messages) {
      to.add("<|start_header_id|>" + message.role().word() + "<|end_header_id|>\n\n");
      to.say(message, message.content().strip() + "<|eot_id|>");
    }
  }

  /// There is no place for a system's words but before the first question.
  private static void mistral(List<Message> messages, Pieces to) {
    to.add("<s>");
    StringBuilder system = new StringBuilder();
    for (Message message : messages) {
      switch (message.role()) {
        case SYSTEM -> system.append(message.content()).append("\n\n");
        case USER -> {
          to.add("[INST] " + system + message.content() + " [/INST]");
          system.setLength(0);
        }
        case ASSISTANT -> to.count(" " + message.content() + "</s>");
      }
    }
  }

  /// Neighbours of one kind are one piece.
  private static final class Pieces {
    private final List<Piece> list = new ArrayList<>();

    Pieces add(String text) {
      return put(text, false);
    }

    void count(String text) {
      put(text, true);
    }

    void say(Message message, String text) {
      put(text, message.role() == Message.Role.ASSISTANT);
    }

    private Pieces put(String text, boolean counted) {
      if (!list.isEmpty() && list.getLast().counted() == counted) {
        Piece before = list.removeLast();
        list.add(new Piece(before.text() + text, counted));
      } else if (!text.isEmpty()) {
        list.add(new Piece(text, counted));
      }
      return this;
    }
  }
}
