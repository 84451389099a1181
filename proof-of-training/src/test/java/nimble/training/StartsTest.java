package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.JobCall.JobSubmit;
import nimble.genesis.Parameters;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StartSpec;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.Storage;
import org.junit.jupiter.api.Test;

/// J42: a job goes on from the checkpoint of another. Rounds are of ten steps, every second ends
/// with a checkpoint.
final class StartsTest {
  private static final long PRICE = 100_000_000;
  private static final Address FINDER = World.address(World.VALIDATOR);

  private final World world = new World(PRICE, 2 * PRICE, 3 * PRICE, 4 * PRICE);

  /// Of six rounds, held after 1 and 3.
  private JobId cancelledInRound4() {
    JobId id = world.submit(Specs.spec(60));
    world.start(id);
    for (int round = 0; round < 4; round++) {
      world.round(id);
      if (round % 2 == 1) {
        world.hold(id, round);
      }
    }
    world.done(World.DEVELOPER, new JobCancel(id));
    world.round(id);
    return id;
  }

  private JobId done(int steps) {
    JobId id = world.submit(Specs.spec(steps));
    world.start(id);
    world.rounds(id);
    world.checkpoints(id);
    world.idle(12);
    assertEquals(JobState.COMPLETED, world.job(id).state());
    return id;
  }

  private List<Integer> rounds(JobId job) {
    return Starts.of(world.state(), world.job(job)).stream().map(ResumePoint::round).toList();
  }

  private static JobSpec spec(int steps, JobId job, int round, int behind) {
    return Specs.spec(steps).from(new StartSpec(job, round, behind));
  }

  private void refuses(JobSpec spec, String words) {
    assertEquals(words, world.rejection(World.DEVELOPER, new JobSubmit(spec.encode())));
  }

  @Test
  void j42CancelledJobIsGoneOnWithFromItsLastResumePoint() {
    JobId first = cancelledInRound4();
    world.idle(12);
    assertEquals(JobState.CANCELLED, world.job(first).state());
    assertEquals(List.of(3), rounds(first));
    JobId second = world.submit(spec(75, first, 3, 40));
    Job job = world.job(second);
    assertEquals(40, job.rounds().before());
    assertEquals(35, job.rounds().steps());
    assertEquals(4, job.rounds().count());
    assertEquals(70, job.rounds().firstStep(3));
    assertEquals(75, job.rounds().endStep(3));
    for (int stage = 0; stage < 3; stage++) {
      Start.Part part = job.order().start(stage).orElseThrow();
      assertEquals(Specs.hash("checkpoint %d 3".formatted(stage)), part.manifest());
      assertEquals(Specs.hash("state %d 3".formatted(stage)), part.stateRoot());
      assertEquals(Optional.of(part.stateRoot()), job.stages().get(stage).stateRoot());
    }
    world.start(second);
    world.round(second);
    ClosedRound round = Jobs.unsettled(world.state(), second, 0).orElseThrow();
    assertEquals(
        Optional.of(Specs.hash("state 1 3")),
        round.stages().get(1).stateRootBefore(),
        "what auditors of round 0 begin with");
    world.rounds(second);
    world.checkpoints(second);
    world.idle(12);
    assertEquals(JobState.COMPLETED, world.job(second).state());
    assertEquals(List.of(), Replay.of(world.entries(second)).differences(world.job(second)));
  }

  /// The steps are counted over all jobs, and no earlier job needs to be remembered.
  @Test
  void j42JobThatIsDoneIsTrainedFurtherAndFurther() {
    JobId first = done(20);
    JobId second = world.submit(spec(45, first, 1, 20));
    world.start(second);
    world.rounds(second);
    world.checkpoints(second);
    world.idle(12);
    JobId third = world.submit(spec(50, second, 2, 45));
    assertEquals(45, world.job(third).rounds().before());
    assertEquals(5, world.job(third).rounds().steps());
  }

  @Test
  void j42OnlyTheStepsToComeArePaid() {
    JobId first = done(20);
    JobPlan on = plan(spec(60, first, 1, 20));
    JobPlan anew = plan(Specs.spec(40));
    assertEquals(anew.costs(), on.costs());
    assertEquals(anew.matching().chosen(), on.matching().chosen());
    assertEquals(Optional.empty(), on.problem());
  }

  private JobPlan plan(JobSpec spec) {
    return JobPlan.of(world.state(), World.PARAMETERS, world.now().height() + 1, 0, spec);
  }

  @Test
  void j42WhatMayYetTurnOutFalseIsNoStart() {
    JobId first = cancelledInRound4();
    assertTrue(ResumePoints.at(world.state(), first, 3).orElseThrow().isReached());
    refuses(
        spec(75, first, 3, 40),
        "start must be a settled checkpoint: job 1 has those after rounds 1, was 1@3");
  }

  @Test
  void j42FalseWorkOfAJobThatEndsIsNoStart() {
    JobId first = cancelledInRound4();
    Address liar = world.job(first).stages().get(1).miner();
    world.turn(first, turn -> Conviction.convict(turn, 1, liar, "is false", List.of(FINDER)));
    world.idle(12);
    assertEquals(JobState.CANCELLED, world.job(first).state());
    assertEquals(List.of(1), rounds(first), "round 3 was false");
  }

  @Test
  void j42RefusalsSayWhatThereIs() {
    JobId first = done(50);
    refuses(
        spec(75, new JobId(9), 4, 50),
        "start must be a checkpoint of a job: there is no job 9, was 9@4");
    refuses(
        spec(75, first, 3, 40),
        "start must be a settled checkpoint: job 1 has those after rounds 4, was 1@3");
    refuses(spec(75, first, 4, 49), "start must be 50 steps behind 1@4, was 49 steps");
    refuses(
        with(new Cuts(List.of(1)), Specs.MODEL, Optional.empty(), first),
        "stages.count must be 3 as in job 1, was 2");
    refuses(
        with(new Cuts(List.of(2, 3)), Specs.MODEL, Optional.empty(), first),
        "stages.cuts must be [1, 3] as in job 1, was [2, 3]");
    ModelSpec wider = new Gpt(256, 8, 1, 1, 16, false).spec();
    refuses(
        with(Specs.THREE, wider, Optional.empty(), first),
        "model must be the same as in job 1, was another");
    BaseSpec base = new BaseSpec(Hash.ZERO, Storage.FP32);
    refuses(
        with(Specs.THREE, Specs.MODEL, Optional.of(base), first),
        "base must be the same as in job 1, was another");
  }

  private static JobSpec with(Cuts cuts, ModelSpec model, Optional<BaseSpec> base, JobId job) {
    JobSpec spec = spec(75, job, 4, 50);
    return new JobSpec(
        spec.name(),
        spec.theme(),
        model,
        base,
        spec.start(),
        spec.data(),
        spec.training(),
        cuts,
        spec.device(),
        spec.anyClass(),
        spec.money());
  }

  @Test
  void j42GoingBackToTheBeginningIsGoingBackToTheStart() {
    JobId first = done(20);
    JobId second = world.submit(spec(60, first, 1, 20));
    world.start(second);
    world.round(second);
    Address liar = world.job(second).stages().get(1).miner();
    world.turn(second, turn -> Conviction.convict(turn, 1, liar, "is false", List.of(FINDER)));
    Job job = world.job(second);
    assertEquals(0, job.progress().round());
    for (int stage = 0; stage < 3; stage++) {
      assertEquals(job.order().startRoot(stage), job.stages().get(stage).stateRoot());
      assertTrue(job.order().startRoot(stage).isPresent());
    }
  }

  /// Before it runs: the next offer gets the stage.
  @Test
  void j42WhoTakesAStageBeginsWithTheStartToo() {
    JobId first = done(20);
    JobId second = world.submit(spec(60, first, 1, 20));
    Address late = world.job(second).stages().get(2).miner();
    world.work(world.accept(second, 0), world.accept(second, 1));
    world.idle((int) Parameters.devnet().training().accept().blocks() + 1);
    Job job = world.job(second);
    assertEquals(JobState.MATCHED, job.state());
    assertTrue(!job.stages().get(2).miner().equals(late));
    assertEquals(job.order().startRoot(2), job.stages().get(2).stateRoot());
  }
}
