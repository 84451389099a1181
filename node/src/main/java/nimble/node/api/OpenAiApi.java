package nimble.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import nimble.codec.Bytes;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.types.Hash;

/// `/v1/models`, `/v1/completions` and `/v1/chat/completions` in the shape that clients of OpenAI's
/// API speak (A7).
final class OpenAiApi {
  static final int BODY_BYTES_MAX = 256 << 10;

  private static final long MILLIS = 1_000;
  private static final long BLOCK_MILLIS = 30_000;
  private static final String DONE = "[DONE]";

  private final ApiParts parts;
  private final ModelDesk desk;
  private final AtomicLong answers = new AtomicLong();

  OpenAiApi(ApiParts parts, ModelDesk desk) {
    this.parts = parts;
    this.desk = desk;
  }

  void addTo(ServerBuilder server) {
    server.route().get("/v1/models").build((context, request) -> blocking(context, this::models));
    server
        .route()
        .get("/v1/models/{*name}")
        .build((context, _) -> {
          String name = context.pathParam("name");
          return blocking(context, () -> model(name == null ? "" : name));
        });
    post(server, "/v1/completions", false);
    post(server, "/v1/chat/completions", true);
  }

  private void post(ServerBuilder server, String path, boolean chat) {
    server
        .route()
        .post(path)
        .errorHandler((_, failure) -> isTooLarge(failure) ? tooLarge().response() : null)
        .build((context, request) -> {
          Body body = new Body();
          return HttpResponse.of(
              request
                  .mapData(body::take)
                  .aggregate()
                  .thenApplyAsync(
                      whole ->
                          body.isTooLarge() ? tooLarge().response() : answer(context, whole, chat),
                      context.blockingTaskExecutor()));
        });
  }

  /// Of a body no more is ever held than may be used (A5). The rest is read and forgotten, up to
  /// the server's own limit: who is answered before he has sent all may lose the answer to the
  /// reset of his stream.
  private static final class Body {
    private long bytes;

    HttpData take(HttpData data) {
      bytes += data.length();
      return isTooLarge() ? HttpData.empty() : data;
    }

    boolean isTooLarge() {
      return bytes > BODY_BYTES_MAX;
    }
  }

  private static boolean isTooLarge(Throwable failure) {
    return failure instanceof ContentTooLargeException
        || (failure instanceof HttpStatusException status
            && status.httpStatus().equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE));
  }

  private static Declined tooLarge() {
    return Declined.coded(
        HttpStatus.REQUEST_ENTITY_TOO_LARGE,
        "request_too_large",
        "a body of more than %d bytes is not taken".formatted(BODY_BYTES_MAX));
  }

  private interface Answer {
    HttpResponse get() throws Declined;
  }

  private static HttpResponse blocking(ServiceRequestContext context, Answer answer) {
    return HttpResponse.of(
        CompletableFuture.supplyAsync(() -> declinable(answer), context.blockingTaskExecutor()));
  }

  private static HttpResponse declinable(Answer answer) {
    try {
      return answer.get();
    } catch (Declined e) {
      return e.response();
    }
  }

  private HttpResponse models() {
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    desk.all().forEach(model -> data.add(model(model)));
    return json(list);
  }

  private HttpResponse model(String name) throws Declined {
    ModelDesk.Found found = desk.find(name);
    if (found.usable().isEmpty()) {
      throw Declined.coded(HttpStatus.NOT_FOUND, "model_not_found", found.problem());
    }
    return json(model(found.usable().get()));
  }

  private static ObjectNode model(ModelDesk.Usable model) {
    return Json.object()
        .put("id", model.name())
        .put("object", "model")
        .put("created", model.createdSeconds())
        .put("owned_by", model.owner())
        .put("context_length", model.context());
  }

  private HttpResponse answer(
      ServiceRequestContext context, AggregatedHttpRequest request, boolean chat) {
    context.clearRequestTimeout();
    return declinable(() -> {
      OpenAiRequest asked = OpenAiRequest.of(body(request), chat, desk);
      long millis = System.currentTimeMillis();
      long number = millis * MILLIS + answers.incrementAndGet() % MILLIS;
      OpenAiWords words =
          new OpenAiWords(
              DrawnSeed.id(chat, Bytes.wrap(request.content().array()), number),
              chat,
              asked.question().model().name(),
              millis / MILLIS,
              Optional.empty());
      return asked.isSeeded() ? answer(context, asked, words) : seeded(context, asked, words);
    });
  }

  /// A8: by the next block. Waiting takes no thread of those that answer.
  private HttpResponse seeded(
      ServiceRequestContext context, OpenAiRequest asked, OpenAiWords words) {
    long height = parts.chain().height();
    return HttpResponse.of(
        CompletableFuture.supplyAsync(
            () ->
                declinable(() -> {
                  Hash beacon = beacon(height + 1);
                  DrawnSeed drawn = DrawnSeed.of(words.id(), beacon, height + 1);
                  return answer(context, asked.seeded(drawn.seed()), words.seeded(drawn));
                }),
            task -> Thread.ofVirtual().name("seed").start(task)));
  }

  private Hash beacon(long height) throws Declined {
    try {
      if (parts.feed().awaitAbove(height - 1, BLOCK_MILLIS)) {
        return parts.chain().header(height).orElseThrow().beacon();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw failed("no block comes that could give the seed: try again, or give one");
  }

  private HttpResponse answer(
      ServiceRequestContext context, OpenAiRequest asked, OpenAiWords words) {
    return asked.streams() ? stream(asked, words) : whole(context, asked, words);
  }

  private static JsonNode body(AggregatedHttpRequest request) throws Declined {
    try {
      return Json.read("body", request.content().toString(StandardCharsets.UTF_8), JsonNode.class);
    } catch (Mistake e) {
      throw Declined.coded(HttpStatus.BAD_REQUEST, "invalid_json", String.valueOf(e.getMessage()));
    }
  }

  private HttpResponse whole(
      ServiceRequestContext context, OpenAiRequest asked, OpenAiWords words) {
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    StringBuilder text = new StringBuilder();
    Runnable cancel =
        TextAnswer.ask(
            asked.question(),
            parts.gateway(),
            new TextAnswer.Sink() {
              @Override
              public void text(String piece) {
                text.append(piece);
              }

              @Override
              public void end(TextAnswer.Ending ending, TextAnswer.Usage usage, String reason) {
                response.complete(
                    ending == TextAnswer.Ending.FAILED
                        ? failed(reason).response()
                        : json(words.whole(text.toString(), word(ending), usage)));
              }
            });
    context.whenRequestCancelling().thenAccept(_ -> cancel.run());
    return HttpResponse.of(response);
  }

  private HttpResponse stream(OpenAiRequest asked, OpenAiWords words) {
    HttpResponseWriter writer = HttpResponse.streaming();
    writer.write(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.EVENT_STREAM)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
            .build());
    if (words.chat()) {
      event(writer, words.opening());
    }
    Runnable cancel =
        TextAnswer.ask(
            asked.question(),
            parts.gateway(),
            new TextAnswer.Sink() {
              @Override
              public void text(String piece) {
                event(writer, words.piece(piece));
              }

              @Override
              public void end(TextAnswer.Ending ending, TextAnswer.Usage usage, String reason) {
                if (ending == TextAnswer.Ending.FAILED) {
                  event(writer, failed(reason).body());
                } else {
                  event(writer, words.closing(word(ending)));
                  if (asked.streamsUsage()) {
                    event(writer, words.bill(usage));
                  }
                  write(writer, DONE);
                }
                writer.close();
              }
            });
    writer
        .whenComplete()
        .whenComplete((_, gone) -> {
          if (gone != null) {
            cancel.run();
          }
        });
    return writer;
  }

  private static Declined failed(String reason) {
    return Declined.coded(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", reason);
  }

  private static String word(TextAnswer.Ending ending) {
    return ending == TextAnswer.Ending.STOP ? "stop" : "length";
  }

  private static void event(HttpResponseWriter writer, JsonNode chunk) {
    write(writer, Json.line(chunk));
  }

  /// A client that has gone takes nothing more.
  private static void write(HttpResponseWriter writer, String line) {
    boolean taken = writer.tryWrite(HttpData.ofUtf8("data: " + line + "\n\n"));
    if (!taken) {
      writer.abort();
    }
  }

  private static HttpResponse json(JsonNode document) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, Json.line(document));
  }
}
