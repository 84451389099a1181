package nimble.training;

import java.util.List;
import java.util.Optional;
import nimble.genesis.Parameters;
import nimble.ledger.StateView;
import nimble.spec.Problem;
import nimble.training.matching.Candidate;
import nimble.training.matching.Matching;
import nimble.training.matching.StageMatch;
import nimble.training.matching.Terms;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Rounds;
import nimble.training.spec.StageNeed;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.Segmenter;
import nimble.vm.TrainingSpec;

/// What a job would be on this state, before any money moves; the chain does exactly this when it
/// takes the submission.
///
/// @param misfit why it cannot go on from where it says (J42)
/// @param rounds none while a stage has no offer
/// @param costs none while a stage has no offer, or when they exceed 64 bits
public record JobPlan(
    JobSpec spec,
    Optional<Problem> misfit,
    List<StageNeed> needs,
    Matching matching,
    Optional<Rounds> rounds,
    Optional<Costs> costs) {

  /// @param height of the block that would take the submission
  public static JobPlan of(
      StateView state, Parameters parameters, long height, long epoch, JobSpec spec) {
    Optional<Problem> misfit = Starts.problem(state, spec);
    return of(spec, misfit, Candidates.all(state, height, epoch), parameters);
  }

  static JobPlan of(
      JobSpec spec, Optional<Problem> misfit, List<Candidate> candidates, Parameters parameters) {
    List<StageNeed> needs = StageNeed.of(spec);
    Matching matching = Matching.of(spec, needs, candidates, parameters);
    if (!matching.isComplete()) {
      return new JobPlan(spec, misfit, needs, matching, Optional.empty(), Optional.empty());
    }
    Rounds rounds = RoundLength.fix(spec, needs, matching.chosen(), parameters.training());
    JobPlan plan =
        new JobPlan(spec, misfit, needs, matching, Optional.of(rounds), Optional.empty());
    try {
      Costs costs = Costs.of(rounds, plan.terms(), parameters);
      return new JobPlan(spec, misfit, needs, matching, plan.rounds(), Optional.of(costs));
    } catch (ArithmeticException e) {
      return plan;
    }
  }

  /// Balanced cuts, for a spec that names only a number of stages.
  public static Cuts cut(ModelSpec model, TrainingSpec training, int stages) {
    return Segmenter.cut(model, training.rows(), stages);
  }

  /// The terms of the chosen offers; only when the matching is complete.
  public List<Terms> terms() {
    return needs.stream().map(need -> termsOf(need, matching.chosen().get(need.stage()))).toList();
  }

  static Terms termsOf(StageNeed need, StageMatch.Choice choice) {
    return termsOf(choice, need.stepOperations(), need.validationOperations());
  }

  static Terms termsOf(StageMatch.Choice choice, long stepOperations, long validationOperations) {
    var offer = choice.candidate().offer();
    return new Terms(
        offer.id(),
        offer.terms().device(),
        offer.terms().deviceName(),
        offer.terms().pricePerHour(),
        offer.terms().operationsPerSecond(),
        choice.quote().auditRatePermille(),
        stepOperations,
        validationOperations);
  }

  /// What keeps this job from being taken, beside the sender's balance; empty when nothing does.
  public Optional<Problem> problem() {
    if (misfit.isPresent()) {
      return misfit;
    }
    if (!matching.isComplete()) {
      return Optional.of(new Problem("stages", matching.failure(), "stages that offers can hold"));
    }
    if (costs.isEmpty()) {
      return Optional.of(
          new Problem("training.steps", Integer.toString(spec.steps()), "affordable"));
    }
    long least = costs.get().total();
    long budget = spec.money().budget();
    return budget >= least
        ? Optional.empty()
        : Optional.of(
            new Problem("money.budget", budget + " nim-units", "at least %d".formatted(least)));
  }
}
