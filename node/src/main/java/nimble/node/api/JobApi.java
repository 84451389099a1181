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
    this.checkpoints = new CheckpointDesk(chain, new Pins(parts.evidence()));
  }

  @Override
  public void planJob(PlanJobRequest request, StreamObserver<JobPlanView> to) {
    JobSpec spec;
    try {
      spec = JobSpec.decode(Wire.from(request.getSpec()));
    } catch (Malformed e) {
      throw Refused.invalid("spec: " + e.reason());
    }
    Answer.still(to, parts, now -> new PlanViews(parts).plan(plan(now, spec)));
  }

  private JobPlan plan(FinalizedChain.Still now, JobSpec spec) {
    return JobPlan.of(
        now.state(),
        parts.genesis().parameters(),
        now.height() + 1,
        MoneyEpoch.of(now.state()).number(),
        spec);
  }

  /// The newest jobs, newest first.
  @Override
  public void listJobs(ListJobsRequest request, StreamObserver<Jobs> to) {
    Answer.still(to, parts, now -> jobs(now.state()));
  }

  private Jobs jobs(StateView state) {
    Jobs.Builder jobs = Jobs.newBuilder();
    long newest = nimble.training.Jobs.count(state);
    for (long number = newest; number > Math.max(0, newest - JOBS_MAX); number--) {
      nimble.training.Jobs.load(state, new JobId(number))
          .ifPresent(job -> jobs.addJobs(views.job(state, job)));
    }
    return jobs.build();
  }

  @Override
  public void getJob(GetJobRequest request, StreamObserver<JobView> to) {
    Answer.still(to, parts, now -> whole(now.state(), load(now.state(), request.getJob())));
  }

  private JobView whole(StateView state, Job job) {
    JobSpec spec = nimble.training.Jobs.spec(state, job.id()).orElseThrow();
    return views.job(state, job).toBuilder().setSpec(Wire.to(spec.encode())).build();
  }

  static Job load(StateView state, long number) {
    return nimble.training.Jobs.load(state, Refused.job(number))
        .orElseThrow(() -> Refused.absent("there is no job " + number));
  }

  @Override
  public void listCheckpoints(GetJobRequest request, StreamObserver<Checkpoints> to) {
    Answer.with(to, checkpoints.list(Refused.job(request.getJob())));
  }

  @Override
  public void pinCheckpoint(CheckpointRequest request, StreamObserver<CheckpointView> to) {
    ServiceRequestContext.current().clearRequestTimeout();
    Answer.with(to, checkpoints.pin(request));
  }

  @Override
  public void unpinCheckpoint(CheckpointRequest request, StreamObserver<CheckpointView> to) {
    Answer.with(to, checkpoints.unpin(request));
  }

  @Override
  public void listEvents(ListEventsRequest request, StreamObserver<JobEvents> to) {
    if (request.getFrom() < 0 || request.getLimit() < 0) {
      throw Refused.invalid("from and limit must not be negative");
    }
    Answer.still(to, parts, now -> events(now, request));
  }

  private JobEvents events(FinalizedChain.Still now, ListEventsRequest request) {
    Job job = load(now.state(), request.getJob());
    int limit = request.getLimit() == 0 ? EVENTS_MAX : Math.min(request.getLimit(), EVENTS_MAX);
    List<JobEntry> entries = now.events(job.id(), request.getFrom(), limit);
    JobEvents.Builder events =
        JobEvents.newBuilder().setRoot(job.events().root().toString()).setSize(job.events().size());
    boolean proven = request.getLimit() == 1 && request.getFrom() < job.events().size();
    List<JobEntry> all =
        proven ? now.events(job.id(), 0, Math.toIntExact(job.events().size())) : List.of();
    entries.forEach(entry -> events.addEvents(views.event(entry, all)));
    return events.build();
  }

  /// Sends a job again only when it has changed.
  @Override
  public void watchJob(GetJobRequest request, StreamObserver<JobView> to) {
    chain.read(state -> load(state, request.getJob()));
    streams.start(
        "job",
        to,
        sink -> {
          Optional<JobView> last = Optional.empty();
          while (sink.isOpen() && !parts.feed().isClosed()) {
            Seen seen = chain.still(now -> see(now, request.getJob()));
            if (!last.equals(Optional.of(seen.view()))) {
              sink.send(seen.view());
              last = Optional.of(seen.view());
            }
            if (seen.ended()) {
              return;
            }
            parts.feed().awaitAbove(seen.height(), Streams.POLL_MILLIS);
          }
        });
  }

  /// A job after some block.
  private record Seen(long height, JobView view, boolean ended) {}

  private Seen see(FinalizedChain.Still now, long number) {
    Job job = load(now.state(), number);
    return new Seen(now.height(), views.job(now.state(), job), job.state().isFinal());
  }
}
