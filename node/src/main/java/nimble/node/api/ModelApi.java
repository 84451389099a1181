package nimble.node.api;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.stream.IntStream;
import nimble.api.v1.InferReply;
import nimble.api.v1.InferRequest;
import nimble.api.v1.ListModelsRequest;
import nimble.api.v1.ModelServiceGrpc;
import nimble.api.v1.ModelView;
import nimble.api.v1.Models;
import nimble.codec.Bytes;
import nimble.ledger.StateView;
import nimble.node.work.GatewayOwner;
import nimble.training.Job;
import nimble.training.JobRecord;
import nimble.training.JobSpec;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.role.DecodeTensor;
import nimble.training.role.GatewayInput;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// Trained models, and text from them.
final class ModelApi extends ModelServiceGrpc.ModelServiceImplBase {
  private static final int TOKENS_MAX = 4_096;
  private static final int PROMPT_MAX = 16_384;
  private static final int MODELS_MAX = 100;
  private static final int MILLI = 1_000;

  private final ApiParts parts;

  ModelApi(ApiParts parts) {
    this.parts = parts;
  }

  /// The newest models, newest first.
  @Override
  public void listModels(ListModelsRequest request, StreamObserver<Models> to) {
    StateView state = parts.chain().state();
    Models.Builder models = Models.newBuilder();
    for (long job = Jobs.count(state); job > 0 && models.getModelsCount() < MODELS_MAX; job--) {
      Jobs.record(state, new JobId(job))
          .filter(record -> record.sums().state() == JobState.COMPLETED)
          .map(new ModelNumber(job)::view)
          .ifPresent(models::addModels);
    }
    Answer.with(to, models.build());
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

  /// Tokens are sent from the gateway's thread as they come; there are at most [#TOKENS_MAX] of
  /// them, so a slow client cannot fill memory.
  @Override
  public void infer(InferRequest request, StreamObserver<InferReply> to) {
    ServiceRequestContext.current().clearRequestTimeout();
    if (!(to instanceof ServerCallStreamObserver<InferReply> observer)) {
      throw new IllegalStateException("not a server's observer");
    }
    check(request);
    Replies replies = new Replies(observer);
    observer.setOnCancelHandler(
        () -> parts.gateway().offer(new GatewayOwner.Input.Cancelled(replies)));
    boolean taken =
        parts
            .gateway()
            .offer(
                new GatewayOwner.Input.Requested(
                    served(request.getJob()),
                    Wire.from(request.getPrompt()),
                    request.getTokens(),
                    new DecodeTensor.Sampling(
                        Math.round(request.getTemperature() * MILLI), request.getSeed()),
                    replies));
    if (!taken) {
      throw Refused.unavailable("this node serves as many requests as it can: try again");
    }
  }

  private static void check(InferRequest request) {
    int prompt = request.getPrompt().size();
    if (prompt < 1 || prompt > PROMPT_MAX) {
      throw Refused.invalid("prompt must have 1 to %d bytes, was %d".formatted(PROMPT_MAX, prompt));
    }
    if (request.getTokens() < 1 || request.getTokens() > TOKENS_MAX) {
      throw Refused.invalid(
          "tokens must be between 1 and %d, was %d".formatted(TOKENS_MAX, request.getTokens()));
    }
    float most = DecodeTensor.Sampling.TEMPERATURE_MILLI_MAX / (float) MILLI;
    if (!(request.getTemperature() >= 0 && request.getTemperature() <= most)) {
      throw Refused.invalid(
          "temperature must be between 0 and %s, was %s".formatted(most, request.getTemperature()));
    }
  }

  /// Who serves a job's model: the miners that hold its stages.
  private GatewayInput.Served served(long number) {
    JobId id = Refused.job(number);
    StateView state = parts.chain().state();
    Job job = Jobs.load(state, id).orElseThrow(() -> Refused.absent("there is no job " + number));
    if (job.state() != JobState.COMPLETED) {
      throw Status.FAILED_PRECONDITION
          .withDescription(
              "job %d is %s: its model can be used once it is COMPLETED"
                  .formatted(number, job.state()))
          .asRuntimeException();
    }
    JobSpec spec = Jobs.spec(state, id).orElseThrow();
    List<PublicKey> stages =
        IntStream.range(0, job.stages().size())
            .mapToObj(stage -> Jobs.holder(state, job, stage).hotKey())
            .toList();
    return new GatewayInput.Served(id, stages, spec.model().context());
  }

  private record Replies(ServerCallStreamObserver<InferReply> to) implements GatewayOwner.Reader {
    @Override
    public void token(int id) {
      to.onNext(InferReply.newBuilder().setToken(bytes(id)).build());
    }

    @Override
    public void finished(String reason) {
      if (reason.isEmpty()) {
        to.onCompleted();
      } else {
        to.onError(Status.UNAVAILABLE.withDescription(reason).asRuntimeException());
      }
    }

    /// Text is bytes: ids beyond them stand for nothing.
    private static ByteString bytes(int id) {
      return id < 256 ? Wire.to(Bytes.wrap(new byte[] {(byte) id})) : ByteString.EMPTY;
    }
  }
}
