package nimble.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.vm.generation.Sampling;
import nimble.vm.text.Message;

/// What a client posts in the shape of OpenAI's completions or chat completions, field by field.
/// What we cannot do is refused, never left out in silence.
///
/// @param isSeeded the client gave a seed, or nothing is drawn
record OpenAiRequest(Question question, boolean isSeeded, boolean streams, boolean streamsUsage) {
  static final int TOKENS_USUAL = 256;

  private static final int MESSAGES_MAX = 1_024;
  private static final double TEMPERATURE_MAX = 2;

  /// Fields that change nothing here.
  private static final List<String> IGNORED = List.of("user", "metadata", "store", "service_tier");

  private static final List<String> KNOWN =
      List.of(
          "model",
          "prompt",
          "messages",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "top_k",
          "repetition_penalty",
          "n",
          "best_of",
          "stream",
          "stream_options",
          "stop",
          "seed",
          "logprobs",
          "top_logprobs",
          "echo",
          "suffix",
          "presence_penalty",
          "frequency_penalty",
          "logit_bias",
          "response_format",
          "tools",
          "tool_choice");

  /// Where models are found by their names.
  interface Shelf {
    ModelDesk.Found find(String name);

    /// How it reads and writes text.
    TextCodec text(ModelDesk.Usable model) throws Texts.Unavailable;
  }

  static OpenAiRequest of(JsonNode body, boolean chat, Shelf desk) throws Declined {
    if (!body.isObject()) {
      throw Declined.field("body", "the body must be a JSON object");
    }
    refuseWhatWeCannot(body, chat);
    ModelDesk.Usable model = model(body, desk);
    TextCodec text = text(model, desk);
    List<Integer> prompt = chat ? dialogue(body, text) : prompt(body, text);
    if (prompt.isEmpty()) {
      throw Declined.field("prompt", "the prompt must not be empty");
    }
    if (TextCodec.largest(prompt) >= model.vocabulary()) {
      throw Declined.coded(
          HttpStatus.SERVICE_UNAVAILABLE,
          "unavailable",
          "'%s' was published with a tokenizer that is not its own: it gives the id %d, and the model knows %d"
              .formatted(model.name(), TextCodec.largest(prompt), model.vocabulary()));
    }
    if (prompt.size() > model.context()) {
      throw Declined.coded(
          HttpStatus.BAD_REQUEST,
          "context_length_exceeded",
          "the prompt has %d tokens, and '%s' takes %d at a time: shorten it"
              .formatted(prompt.size(), model.name(), model.context()));
    }
    Question question =
        new Question(
            model,
            text,
            prompt,
            tokens(body),
            sampling(body),
            chat ? text.stops(stops(body)) : stops(body),
            Question.TIMEOUT_MILLIS);
    return new OpenAiRequest(
        question,
        question.sampling().temperatureMilli() == 0 || !isAbsent(body.path("seed")),
        flag(body, "stream"),
        flag(body.path("stream_options"), "include_usage"));
  }

  OpenAiRequest seeded(long seed) {
    return new OpenAiRequest(question.seeded(seed), true, streams, streamsUsage);
  }

  private static void refuseWhatWeCannot(JsonNode body, boolean chat) throws Declined {
    for (var field : body.properties()) {
      String name = field.getKey();
      if (!KNOWN.contains(name) && !IGNORED.contains(name)) {
        throw Declined.field(name, "unknown field '%s'", name);
      }
    }
    one(body, "n");
    one(body, "best_of");
    zero(body, "presence_penalty");
    zero(body, "frequency_penalty");
    if (flag(body, "echo")) {
      throw Declined.field("echo", "echo is not supported: the prompt is not repeated");
    }
    JsonNode logprobs = body.path("logprobs");
    if (!isAbsent(logprobs) && !(logprobs.isBoolean() && !logprobs.booleanValue())) {
      throw Declined.field(
          "logprobs",
          "logprobs are not supported: probabilities stay with the miner of the last stage");
    }
    List<String> none =
        List.of("top_logprobs", "suffix", "logit_bias", "response_format", "tools", "tool_choice");
    for (String name : none) {
      JsonNode value = body.path(name);
      boolean text = value.path("type").asText("").equals("text");
      if (!isAbsent(value) && !text && !value.isEmpty()) {
        throw Declined.field(name, "%s is not supported", name);
      }
      if (value.isValueNode() && !isAbsent(value)) {
        throw Declined.field(name, "%s is not supported", name);
      }
    }
    String other = chat ? "prompt" : "messages";
    if (!isAbsent(body.path(other))) {
      throw Declined.field(
          other, "%s belongs to %s", other, chat ? "/v1/completions" : "/v1/chat/completions");
    }
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static void one(JsonNode body, String name) throws Declined {
    JsonNode value = body.path(name);
    if (!isAbsent(value) && !(value.isInt() && value.intValue() == 1)) {
      throw Declined.field(name, "%s must be 1, was %s", name, value);
    }
  }

  private static void zero(JsonNode body, String name) throws Declined {
    JsonNode value = body.path(name);
    if (!isAbsent(value) && !(value.isNumber() && value.doubleValue() == 0)) {
      throw Declined.field(
          name, "%s is not supported, use repetition_penalty; was %s", name, value);
    }
  }

  private static ModelDesk.Usable model(JsonNode body, Shelf desk) throws Declined {
    if (!body.path("model").isTextual()) {
      throw Declined.field("model", "model must be a name of GET /v1/models");
    }
    ModelDesk.Found found = desk.find(body.path("model").textValue());
    Optional<ModelDesk.Usable> usable = found.usable();
    if (usable.isEmpty()) {
      throw Declined.coded(HttpStatus.NOT_FOUND, "model_not_found", found.problem());
    }
    return usable.get();
  }

  private static TextCodec text(ModelDesk.Usable model, Shelf desk) throws Declined {
    try {
      return desk.text(model);
    } catch (Texts.Unavailable e) {
      throw Declined.coded(
          HttpStatus.SERVICE_UNAVAILABLE, "unavailable", String.valueOf(e.getMessage()));
    }
  }

  private static List<Integer> prompt(JsonNode body, TextCodec codec) throws Declined {
    JsonNode prompt = body.path("prompt");
    JsonNode text = prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
    if (!text.isTextual()) {
      throw Declined.field("prompt", "prompt must be one text");
    }
    try {
      return codec.prompt(text.textValue());
    } catch (Malformed e) {
      throw Declined.field("prompt", "%s", e.reason());
    }
  }

  /// Written down as the model was taught conversations.
  private static List<Integer> dialogue(JsonNode body, TextCodec text) throws Declined {
    JsonNode messages = body.path("messages");
    if (!messages.isArray() || messages.isEmpty() || messages.size() > MESSAGES_MAX) {
      throw Declined.field("messages", "messages must be a list of 1 to %d", MESSAGES_MAX);
    }
    List<Message> said = new ArrayList<>();
    for (JsonNode message : messages) {
      said.add(new Message(role(message.path("role").asText("")), content(message)));
    }
    try {
      return text.dialogue(said);
    } catch (Malformed e) {
      throw Declined.field("messages", "%s", e.reason());
    }
  }

  private static Message.Role role(String word) throws Declined {
    Optional<Message.Role> role =
        word.equals("developer") ? Optional.of(Message.Role.SYSTEM) : Message.Role.ofWord(word);
    return role.orElseThrow(() ->
        Declined.field("messages", "a role must be system, user or assistant, was '%s'", word));
  }

  private static String content(JsonNode message) throws Declined {
    JsonNode content = message.path("content");
    if (content.isTextual()) {
      return content.textValue();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("type").asText("").equals("text") || !part.path("text").isTextual()) {
        throw Declined.field("messages", "content must be text");
      }
      text.append(part.path("text").textValue());
    }
    if (!content.isArray()) {
      throw Declined.field("messages", "content must be text");
    }
    return text.toString();
  }

  private static int tokens(JsonNode body) throws Declined {
    String newer = "max_completion_tokens";
    String name = isAbsent(body.path(newer)) ? "max_tokens" : newer;
    return (int) whole(body, name, TOKENS_USUAL, 1, Question.TOKENS_MAX);
  }

  static Sampling sampling(JsonNode body) throws Declined {
    return new Sampling(
        milli(body, "temperature", 1, 0, TEMPERATURE_MAX),
        (int) whole(body, "top_k", 0, 0, Sampling.TOP_K_MAX),
        Math.max(1, milli(body, "top_p", 1, 0, 1)),
        milli(
            body,
            "repetition_penalty",
            1,
            Sampling.REPETITION_MILLI_MIN / Question.MILLI,
            Sampling.REPETITION_MILLI_MAX / Question.MILLI),
        whole(body, "seed", 0, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  private static long whole(JsonNode body, String name, long usual, long least, long most)
      throws Declined {
    JsonNode value = body.path(name);
    if (isAbsent(value)) {
      return usual;
    }
    boolean fits = value.isIntegralNumber() && value.canConvertToLong();
    if (!fits || value.longValue() < least || value.longValue() > most) {
      throw Declined.field(
          name, "%s must be a whole number from %d to %d, was %s", name, least, most, value);
    }
    return value.longValue();
  }

  private static int milli(JsonNode body, String name, double usual, double least, double most)
      throws Declined {
    return Question.milli(number(body, name, usual, least, most));
  }

  private static double number(JsonNode body, String name, double usual, double least, double most)
      throws Declined {
    JsonNode value = body.path(name);
    if (isAbsent(value)) {
      return usual;
    }
    if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
      throw Declined.field(name, "%s must be %s to %s, was %s", name, least, most, value);
    }
    return value.doubleValue();
  }

  private static List<String> stops(JsonNode body) throws Declined {
    JsonNode value = body.path("stop");
    List<String> stops = new ArrayList<>();
    if (value.isTextual()) {
      stops.add(value.textValue());
    } else if (value.isArray()) {
      value.forEach(stop -> stops.add(stop.isTextual() ? stop.textValue() : ""));
    } else if (!isAbsent(value)) {
      throw Declined.field("stop", "stop must be a text or a list of texts");
    }
    boolean bad =
        stops.stream().anyMatch(it -> it.isEmpty() || it.length() > Question.STOP_LENGTH_MAX);
    if (bad || stops.size() > Question.STOPS_MAX) {
      throw Declined.field(
          "stop",
          "stop must be at most %d texts of 1 to %d characters",
          Question.STOPS_MAX,
          Question.STOP_LENGTH_MAX);
    }
    return stops;
  }

  private static boolean flag(JsonNode body, String name) throws Declined {
    JsonNode value = body.path(name);
    if (!isAbsent(value) && !value.isBoolean()) {
      throw Declined.field(name, "%s must be true or false, was %s", name, value);
    }
    return value.booleanValue();
  }
}
