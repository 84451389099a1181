package nimble.node.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.JobCall.JobSubmit;
import nimble.ledger.Miners;
import nimble.ledger.StateView;
import nimble.node.Node;
import nimble.node.work.Blobs;
import nimble.node.work.Evidence;
import nimble.training.Job;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.ResumePoint;
import nimble.training.Starts;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StartSpec;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.data.DataSet;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.training.Pipeline;
import nimble.vm.training.StageState;
import org.junit.jupiter.api.Test;

/// J42: a job is cancelled, one of its miners goes for good, and a job that others work on goes on
/// from its last checkpoint, to the bits of one job that was never interrupted.
final class GoingOnTest {
  private static final int STEPS = 7 * SimParameters.ROUND_STEPS;

  /// Nobody works on the job any more.
  private static final long LATER_MILLIS = 20_000;

  @Test
  void j42OthersGoOnWithACancelledJobToTheSameBits() {
    Relay relay = new Relay();
    Scenario scenario = Scenario.quiet(3, 4, 4, SimParameters.ROUND_STEPS, 0);
    new World(scenario, _ -> {}).then(relay).run();
    assertNotEquals(relay.former, relay.latter, "others work on it");
    assertEquals(roots(Errand.plain(STEPS)), relay.roots);
  }

  /// What one process comes to that does it all.
  private static List<Hash> roots(JobSpec spec) {
    DataSet data = spec.data().open(Errand.TEXT, spec.model());
    try (Pipeline all =
        new Pipeline(
            new ReferenceMachine(), spec.model(), spec.cuts().firstLayers(), spec.training())) {
      for (int step = 0; step < spec.training().steps(); step++) {
        all.step(data, step);
      }
      return all.states().stream().map(StageState::root).toList();
    }
  }

  /// Orders, cancels and goes on.
  private static final class Relay implements Sequel {
    private Optional<Cast> cast = Optional.empty();
    private Optional<JobId> first = Optional.empty();
    private Optional<JobId> second = Optional.empty();
    private boolean cancelled;
    private boolean ordered;
    private int pinned;
    private boolean over;
    private List<Address> former = List.of();
    private List<Address> latter = List.of();
    private List<Hash> roots = List.of();

    @Override
    public void begin(Cast present) {
      cast = Optional.of(present);
      JobSubmit order = new JobSubmit(Errand.plain(STEPS).encode());
      present.developer().run(order, applied -> first = applied.job());
    }

    @Override
    public boolean isOver() {
      return over;
    }

    @Override
    public void finalized(Block block, Node by) {
      StateView state = by.chain().liveState();
      second
          .flatMap(id -> Jobs.load(state, id))
          .ifPresentOrElse(
              this::follow,
              () -> first.flatMap(id -> Jobs.load(state, id)).ifPresent(job -> stop(state, job)));
    }

    private void stop(StateView state, Job job) {
      if (!cancelled && !Starts.of(state, job).isEmpty()) {
        cancelled = true;
        former = job.stages().stream().map(it -> it.miner()).toList();
        cast.orElseThrow().developer().run(new JobCancel(job.id()), _ -> {});
      } else if (job.state().isFinal() && !ordered) {
        ordered = true;
        assertEquals(JobState.CANCELLED, job.state());
        ResumePoint last = Starts.of(state, job).getLast();
        cast.orElseThrow().sim().after(LATER_MILLIS, () -> pin(state, job, last));
      }
    }

    /// As the command does that orders it. Whoever has it may be gone then.
    private void pin(StateView state, Job job, ResumePoint point) {
      Node keeper = cast.orElseThrow().members().getFirst().node();
      for (ResumePoint.Part part : point.stages()) {
        Hash manifest = part.manifest().orElseThrow();
        keeper
            .evidence()
            .fetch(
                new Evidence.Order("pin", manifest, List.of(), 1 << 20, 30_000),
                came -> {
                  assertFalse(came instanceof Blobs.Fetched.Failed, came::toString);
                  pinned++;
                  if (pinned == point.stages().size()) {
                    goOn(state, job, point.round());
                  }
                });
      }
    }

    private void goOn(StateView state, Job job, int round) {
      Cast present = cast.orElseThrow();
      PublicKey gone = Miners.get(state, former.getFirst()).orElseThrow().hotKey();
      present.members().stream()
          .filter(member -> member.identity().hotKey().publicKey().equals(gone))
          .findFirst()
          .ifPresent(present.lose());
      StartSpec start = new StartSpec(job.id(), round, job.rounds().endStep(round));
      JobSubmit order = new JobSubmit(Errand.plain(STEPS).from(start).encode());
      present.developer().run(order, applied -> second = applied.job());
    }

    private void follow(Job job) {
      if (job.state().isFinal() && !over) {
        assertEquals(JobState.COMPLETED, job.state(), job.status().reason());
        over = true;
        latter = job.stages().stream().map(it -> it.miner()).toList();
        roots = job.stages().stream().map(it -> it.stateRoot().orElseThrow()).toList();
      }
    }
  }
}
