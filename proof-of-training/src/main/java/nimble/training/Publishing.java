package nimble.training;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.chain.ModelSource;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.ledger.Accounts;
import nimble.ledger.BlockContext;
import nimble.ledger.Escrows;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.training.spec.BroughtModel;
import nimble.types.Address;
import nimble.types.JobId;

/// What accounts ask about models (S1, S2).
final class Publishing {
  /// Of a thousand tokens: a million NIM.
  static final long PRICE_MAX = 1_000_000_000_000_000L;

  /// Words of each seat that an escrow must be able to pay for.
  static final int WORDS_LEAST = 4;

  /// What a receipt must be worth.
  static final int RECEIPT_CHARGES = 4;

  private static final Outcome DONE = new Outcome.Applied(Optional.empty());

  private Publishing() {}

  static Outcome publish(Overlay state, BlockContext context, Address sender, ModelPublish call) {
    if (!Model.isName(call.name())) {
      return rejected(
          "name '%s' must be 1 to %d of a-z 0-9 . _ / -, begin with a letter, and not with 'job-'",
          call.name(), ModelPublish.NAME_MAX);
    }
    if (call.licence().isBlank() || call.licence().codePoints().anyMatch(Character::isISOControl)) {
      return rejected("licence '%s' must be printable text", call.licence());
    }
    if (call.pricePer1k() > PRICE_MAX) {
      return rejected("price %d must be at most %d", call.pricePer1k(), PRICE_MAX);
    }
    Optional<Model> before = Models.named(state, call.name());
    if (before.filter(it -> !it.owner().equals(sender)).isPresent()) {
      return rejected("the name '%s' is another account's", call.name());
    }
    Origin origin;
    switch (call.source()) {
      case ModelSource.Trained(JobId job) -> {
        Optional<String> wrong = problem(state, sender, job);
        if (wrong.isPresent()) {
          return rejected("%s", wrong.get());
        }
        origin = new Origin.Trained(job);
      }
      case ModelSource.Brought(Bytes description) -> {
        try {
          origin = Models.bring(state, BroughtModel.decode(description));
        } catch (Malformed e) {
          return rejected("model: %s", e.reason());
        }
      }
    }
    long number = before.map(Model::number).orElse(Models.count(state) + 1);
    Models.put(
        state,
        new Model(
            number,
            call.name(),
            sender,
            origin,
            call.licence(),
            call.pricePer1k(),
            call.text(),
            context.now()));
    return DONE;
  }

  /// Why a job's model cannot be published.
  private static Optional<String> problem(StateView state, Address sender, JobId id) {
    Optional<Job> job = Jobs.load(state, id);
    if (job.isEmpty() || job.get().state() != JobState.COMPLETED) {
      return Optional.of(
          "job %s is %s: only what a COMPLETED job trained can be published"
              .formatted(id, job.map(it -> it.state().toString()).orElse("none")));
    }
    if (!job.get().order().sender().equals(sender)) {
      return Optional.of("job %s is another account's".formatted(id));
    }
    return Jobs.spec(state, id).orElseThrow().model().generates()
        ? Optional.empty()
        : Optional.of(
            "job %s trained a model that gives no text: only those that do are served; it is run by `nbcli model predict %s`"
                .formatted(id, id));
  }

  static Outcome deploy(Overlay state, BlockContext context, Address sender, ModelDeploy call) {
    Optional<Model> model = Models.named(state, call.name());
    if (model.isEmpty()) {
      return rejected("there is no model '%s'", call.name());
    }
    Optional<String> wrong = problem(context, model.get(), call);
    if (wrong.isPresent()) {
      return rejected("%s", wrong.get());
    }
    List<JobId> active = new ArrayList<>(Deployments.active(state));
    if (active.size() == Deployments.ACTIVE_MAX) {
      return rejected("%d deployments are active, no more fit", Deployments.ACTIVE_MAX);
    }
    int stages = ServedModel.of(state, model.get().origin()).stages().size();
    JobId id = Jobs.next(state);
    Deployment deployment =
        Deployment.of(id, order(context, sender, model.get(), call), stages, call.replicas());
    long least = least(deployment, context);
    if (call.escrow() < least) {
      return rejected(
          "escrow %d, needs %d: the words of %d seats and 1,000 tokens",
          call.escrow(), least, deployment.seats().size());
    }
    if (!Escrows.open(state, id, sender, call.escrow(), 0)) {
      return rejected(
          "escrow %d, the balance is %d", call.escrow(), Accounts.get(state, sender).balance());
    }
    active.add(id);
    Deployments.putActive(state, active);
    Seating seating = new Seating(state, context, deployment);
    String failure = seating.fill();
    if (!failure.isEmpty()) {
      return rejected("%s", failure);
    }
    seating.save();
    return new Outcome.Applied(Optional.of(id));
  }

  private static DeploymentOrder order(
      BlockContext context, Address sender, Model model, ModelDeploy call) {
    return new DeploymentOrder(
        model.name(),
        model.origin(),
        model.text(),
        model.owner(),
        model.pricePer1k(),
        sender,
        call.gateway(),
        Math.multiplyExact(RECEIPT_CHARGES, context.parameters().block().slotCharge()),
        call.maxPricePer1k(),
        call.untilMillis(),
        context.now());
  }

  private static Optional<String> problem(BlockContext context, Model model, ModelDeploy call) {
    if (call.replicas() < 1 || call.replicas() > Deployment.REPLICAS_MAX) {
      return Optional.of(
          "replicas must be 1 to %d, was %d".formatted(Deployment.REPLICAS_MAX, call.replicas()));
    }
    if (call.maxPricePer1k() > PRICE_MAX || call.maxPricePer1k() < model.pricePer1k()) {
      return Optional.of(
          "the highest price must be from the model's own %d to %d, was %d"
              .formatted(model.pricePer1k(), PRICE_MAX, call.maxPricePer1k()));
    }
    if (call.untilMillis() <= context.now().timeMillis()) {
      return Optional.of(
          "ends at %d ms, block time is %d ms"
              .formatted(call.untilMillis(), context.now().timeMillis()));
    }
    return Optional.empty();
  }

  private static long least(Deployment deployment, BlockContext context) {
    long words = Math.multiplyExact(WORDS_LEAST, (long) deployment.seats().size());
    return Math.addExact(
        Math.multiplyExact(words, context.parameters().block().slotCharge()),
        deployment.order().maxPricePer1k());
  }

  static Outcome undeploy(Overlay state, BlockContext context, Address sender, ModelUndeploy call) {
    Optional<Deployment> found = Deployments.load(state, call.deployment());
    if (found.isEmpty()) {
      return rejected("there is no deployment %s", call.deployment());
    }
    if (!found.get().order().sender().equals(sender)) {
      return rejected("deployment %s is another account's", call.deployment());
    }
    if (found.get().phase() != Deployment.Phase.ACTIVE) {
      return rejected("deployment %s is %s", call.deployment(), found.get().phase());
    }
    Seating seating = new Seating(state, context, found.get());
    seating.end("undeployed by its sender");
    seating.save();
    return DONE;
  }

  /// Of [JobTopUp] for a deployment.
  static Outcome topUp(Overlay state, Address sender, JobTopUp call, Deployment deployment) {
    if (deployment.phase() != Deployment.Phase.ACTIVE) {
      return rejected("deployment %s is %s", call.job(), deployment.phase());
    }
    return Escrows.topUp(state, call.job(), sender, call.amount())
        ? DONE
        : rejected(
            "amount is %d, the balance %d", call.amount(), Accounts.get(state, sender).balance());
  }

  @FormatMethod
  private static Outcome rejected(String format, Object... values) {
    return new Outcome.Rejected(
        Text.cut(String.format(Locale.ROOT, format, values), Receipt.REASON_MAX));
  }
}
