package nimble.node.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import nimble.api.v1.CheckpointRequest;
import nimble.api.v1.CheckpointView;
import nimble.api.v1.Checkpoints;
import nimble.api.v1.GetJobRequest;
import nimble.api.v1.JobEvents;
import nimble.api.v1.JobPlanView;
import nimble.api.v1.JobServiceGrpc;
import nimble.api.v1.JobView;
import nimble.api.v1.Jobs;
import nimble.api.v1.ListEventsRequest;
import nimble.api.v1.ListJobsRequest;
import nimble.api.v1.PlanJobRequest;
import nimble.chain.Header;
import nimble.codec.Malformed;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.StateView;
import nimble.node.chain.FinalizedChain;
import nimble.node.work.Pins;
import nimble.training.Job;
import nimble.training.JobEntry;
import nimble.training.JobPlan;
import nimble.training.spec.JobSpec;
import nimble.types.JobId;

/// Training jobs, from finalized state (A2).
final class JobApi extends JobServiceGrpc.JobServiceImplBase {
  private static final int EVENTS_MAX = 1_000;
  private static final int JOBS_MAX = 100;

  private final ApiParts parts;
  private final FinalizedChain chain;
  private final Streams streams;
  private final JobViews views;
  private final CheckpointDesk checkpoints;

  JobApi(ApiParts parts, Streams streams) {
    this.parts = parts;
    this.chain = parts.chain();
    this.streams = streams;
    this.views = new JobViews(parts.addresses());
    this.checkpoints = new CheckpointDesk(new Pins(parts.evidence()));
  }

  @Override
  public void planJob(PlanJobRequest request, StreamObserver<JobPlanView> to) {
    JobSpec spec;
    try {
      spec = JobSpec.decode(Wire.from(request.getSpec()));
    } catch (Malformed e) {
      throw Refused.invalid("spec: " + e.reason());
    }
    Header tip = chain.tip();
    JobPlan plan =
        JobPlan.of(
            chain.state(),
            parts.genesis().parameters(),
            tip.height().value() + 1,
            MoneyEpoch.of(chain.state()).number(),
            spec);
    Answer.with(to, new PlanViews(parts).plan(plan));
  }

  /// The newest jobs, newest first.
  @Override
  public void listJobs(ListJobsRequest request, StreamObserver<Jobs> to) {
    StateView state = chain.state();
    Jobs.Builder jobs = Jobs.newBuilder();
    long newest = nimble.training.Jobs.count(state);
    for (long number = newest; number > Math.max(0, newest - JOBS_MAX); number--) {
      nimble.training.Jobs.load(state, new JobId(number))
          .ifPresent(job -> jobs.addJobs(views.job(state, job)));
    }
    Answer.with(to, jobs.build());
  }

  @Override
  public void getJob(GetJobRequest request, StreamObserver<JobView> to) {
    StateView state = chain.state();
    Job job = load(request.getJob());
    JobSpec spec = nimble.training.Jobs.spec(state, job.id()).orElseThrow();
    JobView view = views.job(state, job).toBuilder().setSpec(Wire.to(spec.encode())).build();
    Answer.with(to, view);
  }

  private Job load(long number) {
    return nimble.training.Jobs.load(chain.state(), Refused.job(number))
        .orElseThrow(() -> Refused.absent("there is no job " + number));
  }

  @Override
  public void listCheckpoints(GetJobRequest request, StreamObserver<Checkpoints> to) {
    Answer.with(to, checkpoints.list(chain.state(), load(request.getJob())));
  }

  @Override
  public void pinCheckpoint(CheckpointRequest request, StreamObserver<CheckpointView> to) {
    ServiceRequestContext.current().clearRequestTimeout();
    Answer.with(to, checkpoints.pin(chain.state(), load(request.getJob()), request));
  }

  @Override
  public void unpinCheckpoint(CheckpointRequest request, StreamObserver<CheckpointView> to) {
    Answer.with(to, checkpoints.unpin(chain.state(), load(request.getJob()), request));
  }

  @Override
  public void listEvents(ListEventsRequest request, StreamObserver<JobEvents> to) {
    if (request.getFrom() < 0 || request.getLimit() < 0) {
      throw Refused.invalid("from and limit must not be negative");
    }
    Job job = load(request.getJob());
    int limit = request.getLimit() == 0 ? EVENTS_MAX : Math.min(request.getLimit(), EVENTS_MAX);
    List<JobEntry> entries = chain.events(job.id(), request.getFrom(), limit);
    JobEvents.Builder events =
        JobEvents.newBuilder().setRoot(job.events().root().toString()).setSize(job.events().size());
    boolean proven = request.getLimit() == 1 && request.getFrom() < job.events().size();
    List<JobEntry> all =
        proven ? chain.events(job.id(), 0, Math.toIntExact(job.events().size())) : List.of();
    entries.forEach(entry -> events.addEvents(views.event(entry, all)));
    Answer.with(to, events.build());
  }

  /// Sends a job again only when it has changed.
  @Override
  public void watchJob(GetJobRequest request, StreamObserver<JobView> to) {
    JobId id = load(request.getJob()).id();
    streams.start(
        "job",
        to,
        sink -> {
          Optional<JobView> last = Optional.empty();
          while (sink.isOpen() && !parts.feed().isClosed()) {
            long height = chain.height();
            StateView state = chain.state();
            Job job = load(id.value());
            JobView view = views.job(state, job);
            if (!last.equals(Optional.of(view))) {
              sink.send(view);
              last = Optional.of(view);
            }
            if (job.state().isFinal()) {
              return;
            }
            parts.feed().awaitAbove(height, Streams.POLL_MILLIS);
          }
        });
  }
}
