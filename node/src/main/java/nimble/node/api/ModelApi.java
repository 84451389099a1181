package nimble.node.api;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import nimble.api.v1.ChatMessage;
import nimble.api.v1.DeploymentView;
import nimble.api.v1.Deployments;
import nimble.api.v1.GetDeploymentRequest;
import nimble.api.v1.GetPublishedRequest;
import nimble.api.v1.InferReply;
import nimble.api.v1.InferRequest;
import nimble.api.v1.ListDeploymentsRequest;
import nimble.api.v1.ListModelsRequest;
import nimble.api.v1.ListPublishedRequest;
import nimble.api.v1.ModelServiceGrpc;
import nimble.api.v1.ModelView;
import nimble.api.v1.Models;
import nimble.api.v1.PublishedModel;
import nimble.api.v1.PublishedModels;
import nimble.codec.Malformed;
import nimble.ledger.StateView;
import nimble.training.JobRecord;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.generation.Sampling;
import nimble.vm.text.Message;

/// Trained models, and text from them.
final class ModelApi extends ModelServiceGrpc.ModelServiceImplBase {
  private static final int MODELS_MAX = 100;
  private static final int MILLI = 1_000;

  private final ApiParts parts;
  private final ModelViews views;
  private final ModelDesk desk;

  ModelApi(ApiParts parts, ModelDesk desk) {
    this.parts = parts;
    this.desk = desk;
    views = new ModelViews(parts);
  }

  /// The newest models, newest first.
  @Override
  public void listModels(ListModelsRequest request, StreamObserver<Models> to) {
    Answer.still(to, parts, now -> models(now.state()));
  }

  private static Models models(StateView state) {
    Models.Builder models = Models.newBuilder();
    long job = Jobs.count(state);
    for (; job > 0 && models.getModelsCount() < MODELS_MAX; job--) {
      Jobs.record(state, new JobId(job))
          .filter(record -> record.sums().state() == JobState.COMPLETED)
          .map(new ModelNumber(job)::view)
          .ifPresent(models::addModels);
    }
    return models.setMore(job > 0).build();
  }

  private record ModelNumber(long job) {
    ModelView view(JobRecord record) {
      return ModelView.newBuilder()
          .setName(record.modelTrained().name())
          .setJob(job)
          .setManifest(record.modelTrained().manifest().map(Hash::toString).orElse(""))
          .setParameters(record.modelParameters().parameters())
          .setValidationLoss(
              record.sums().losses().validation().isPresent()
                  ? Float.intBitsToFloat(record.sums().losses().validation().getAsInt())
                  : Float.NaN)
          .build();
    }
  }

  /// The newest ones, newest first.
  @Override
  public void listPublished(ListPublishedRequest request, StreamObserver<PublishedModels> to) {
    Answer.still(to, parts, now -> published(now.state()));
  }

  private PublishedModels published(StateView state) {
    PublishedModels.Builder models = PublishedModels.newBuilder();
    for (long number = nimble.training.Models.count(state);
        number > 0 && models.getModelsCount() < MODELS_MAX;
        number--) {
      nimble.training.Models.get(state, number)
          .ifPresent(model -> models.addModels(views.published(state, model)));
    }
    return models.build();
  }

  @Override
  public void getPublished(GetPublishedRequest request, StreamObserver<PublishedModel> to) {
    Answer.still(to, parts, now -> published(now.state(), request.getName()));
  }

  private PublishedModel published(StateView state, String name) {
    return nimble.training.Models.named(state, name)
        .map(model -> views.published(state, model))
        .orElseThrow(() -> Refused.absent("there is no model '%s'".formatted(name)));
  }

  @Override
  public void listDeployments(ListDeploymentsRequest request, StreamObserver<Deployments> to) {
    Answer.still(to, parts, now -> deployments(now.state()));
  }

  private Deployments deployments(StateView state) {
    Deployments.Builder all = Deployments.newBuilder();
    nimble.training.Deployments.active(state)
        .forEach(id -> all.addDeployments(views.deployment(state, id)));
    return all.build();
  }

  @Override
  public void getDeployment(GetDeploymentRequest request, StreamObserver<DeploymentView> to) {
    JobId id = Refused.job(request.getDeployment());
    Answer.still(to, parts, now -> views.deployment(now.state(), id));
  }

  /// Tokens are sent from the gateway's thread as they come; there are at most
  /// [Question#TOKENS_MAX] of them, so a slow client cannot fill memory.
  @Override
  public void infer(InferRequest request, StreamObserver<InferReply> to) {
    ServiceRequestContext.current().clearRequestTimeout();
    if (!(to instanceof ServerCallStreamObserver<InferReply> observer)) {
      throw new IllegalStateException("not a server's observer");
    }
    Question question = question(request);
    AtomicReference<Runnable> cancel = new AtomicReference<>(() -> {});
    observer.setOnCancelHandler(() -> cancel.get().run());
    cancel.set(TextAnswer.ask(question, parts.gateway(), new Replies(observer)));
  }

  private Question question(InferRequest request) {
    String name = request.getModel();
    ModelDesk.Found found =
        desk.find(name.isEmpty() ? Refused.job(request.getJob()).toString() : name);
    ModelDesk.Usable model =
        found
            .usable()
            .orElseThrow(() ->
                found.known()
                    ? Status.FAILED_PRECONDITION
                        .withDescription(found.problem())
                        .asRuntimeException()
                    : Refused.absent(found.problem()));
    check(request);
    TextCodec text = text(model);
    boolean chat = request.getMessagesCount() > 0;
    return new Question(
        model,
        text,
        prompt(request, model, text),
        request.getTokens(),
        sampling(request),
        chat ? text.stops(request.getStopList()) : request.getStopList(),
        request.getTimeoutSeconds() == 0
            ? Question.TIMEOUT_MILLIS
            : (long) MILLI * request.getTimeoutSeconds());
  }

  static Sampling sampling(InferRequest request) {
    float most = Sampling.TEMPERATURE_MILLI_MAX / (float) MILLI;
    if (!(request.getTemperature() >= 0 && request.getTemperature() <= most)) {
      throw Refused.invalid(
          "temperature must be between 0 and %s, was %s".formatted(most, request.getTemperature()));
    }
    if (request.getTopK() < 0 || request.getTopK() > Sampling.TOP_K_MAX) {
      throw Refused.invalid(
          "top_k must be between 0 and %d, was %d"
              .formatted(Sampling.TOP_K_MAX, request.getTopK()));
    }
    return new Sampling(
        Question.milli(request.getTemperature()),
        request.getTopK(),
        milli("top_p", request.getTopP(), 1, Sampling.ALL_MILLI),
        milli(
            "repetition_penalty",
            request.getRepetitionPenalty(),
            Sampling.REPETITION_MILLI_MIN,
            Sampling.REPETITION_MILLI_MAX),
        request.getSeed());
  }

  private TextCodec text(ModelDesk.Usable model) {
    try {
      return desk.text(model);
    } catch (Texts.Unavailable e) {
      throw Refused.unavailable(String.valueOf(e.getMessage()));
    }
  }

  static List<Integer> prompt(InferRequest request, ModelDesk.Usable model, TextCodec text) {
    List<Integer> ids =
        request.getMessagesCount() > 0 ? dialogue(request, text) : prompt(request, text);
    if (ids.isEmpty() || ids.size() > model.context()) {
      throw Refused.invalid(
          "the prompt must have 1 to %d tokens, was %d".formatted(model.context(), ids.size()));
    }
    if (TextCodec.largest(ids) >= model.vocabulary()) {
      throw Refused.unavailable(
          "'%s' has a tokenizer that is not its own: it gives the id %d of %d"
              .formatted(model.name(), TextCodec.largest(ids), model.vocabulary()));
    }
    return ids;
  }

  private static List<Integer> prompt(InferRequest request, TextCodec text) {
    try {
      return text.prompt(request.getPrompt().toStringUtf8());
    } catch (Malformed e) {
      throw Refused.invalid("prompt: " + e.reason());
    }
  }

  private static List<Integer> dialogue(InferRequest request, TextCodec text) {
    List<Message> said = new ArrayList<>();
    for (ChatMessage message : request.getMessagesList()) {
      Message.Role role =
          Message.Role.ofWord(message.getRole())
              .orElseThrow(() ->
                  Refused.invalid(
                      "a role must be system, user or assistant, was '%s'"
                          .formatted(message.getRole())));
      said.add(new Message(role, message.getContent()));
    }
    try {
      return text.dialogue(said);
    } catch (Malformed e) {
      throw Refused.invalid("messages: " + e.reason());
    }
  }

  private static void check(InferRequest request) {
    int prompt = request.getPrompt().size();
    boolean chat = request.getMessagesCount() > 0;
    if (chat ? prompt > 0 : (prompt < 1 || prompt > Question.PROMPT_MAX)) {
      throw Refused.invalid(
          "prompt must have 1 to %d bytes, and none beside messages, was %d"
              .formatted(Question.PROMPT_MAX, prompt));
    }
    if (request.getTokens() < 1 || request.getTokens() > Question.TOKENS_MAX) {
      throw Refused.invalid(
          "tokens must be between 1 and %d, was %d"
              .formatted(Question.TOKENS_MAX, request.getTokens()));
    }
    if (request.getStopCount() > Question.STOPS_MAX
        || request.getStopList().stream()
            .anyMatch(stop -> stop.isEmpty() || stop.length() > Question.STOP_LENGTH_MAX)) {
      throw Refused.invalid(
          "stop must be at most %d texts of 1 to %d characters"
              .formatted(Question.STOPS_MAX, Question.STOP_LENGTH_MAX));
    }
    if (request.getTimeoutSeconds() < 0
        || (long) MILLI * request.getTimeoutSeconds() > Question.TIMEOUT_MILLIS_MAX) {
      throw Refused.invalid("timeout_seconds %d".formatted(request.getTimeoutSeconds()));
    }
  }

  /// 0 stands for none.
  private static int milli(String field, float value, int least, int most) {
    int milli = value == 0 ? Sampling.ALL_MILLI : Math.round(value * MILLI);
    if (milli < least || milli > most) {
      throw Refused.invalid(
          "%s must be between %s and %s, was %s"
              .formatted(field, least / (float) MILLI, most / (float) MILLI, value));
    }
    return milli;
  }

  private record Replies(ServerCallStreamObserver<InferReply> to) implements TextAnswer.Sink {
    @Override
    public void text(String piece) {
      to.onNext(InferReply.newBuilder().setToken(ByteString.copyFromUtf8(piece)).build());
    }

    @Override
    public void end(TextAnswer.Ending ending, TextAnswer.Usage usage, String reason) {
      if (ending == TextAnswer.Ending.FAILED) {
        to.onError(Status.UNAVAILABLE.withDescription(reason).asRuntimeException());
        return;
      }
      to.onNext(
          InferReply.newBuilder()
              .setFinishReason(ending == TextAnswer.Ending.STOP ? "stop" : "length")
              .setPromptTokens(usage.prompt())
              .setCompletionTokens(usage.completion())
              .build());
      to.onCompleted();
    }
  }
}
