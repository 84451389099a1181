package nimble.node.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.ledger.StateView;
import nimble.training.Deployment;
import nimble.training.Deployments;
import nimble.training.Job;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.Models;
import nimble.training.ServedModel;
import nimble.training.role.miner.Seats;
import nimble.training.role.serving.GatewayInput;
import nimble.training.role.serving.HostSeats;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.JobSpec;
import nimble.types.JobId;

/// Which models clients of this node can use, and by what name: published ones that are deployed
/// with this node as their gateway, and, as `job-NUMBER`, what a job has trained, as long as the
/// miners that did keep it.
final class ModelDesk implements OpenAiRequest.Shelf {
  private static final int TRAINED_MAX = 100;
  private static final String TRAINED = "job-";
  private static final long MILLIS = 1_000;

  /// A model that can be asked.
  ///
  /// @param name as clients say it
  /// @param text where it says how it reads and writes text
  /// @param context positions at a time
  /// @param vocabulary ids that it knows
  /// @param createdSeconds of the epoch
  record Usable(
      String name,
      GatewayInput.Served served,
      Texts.Source text,
      int context,
      int vocabulary,
      long createdSeconds,
      String owner) {}

  /// A model by that name, or why there is none.
  ///
  /// @param known there is such a model, but it cannot be asked
  record Found(Optional<Usable> usable, boolean known, String problem) {
    private static Found none(String problem) {
      return new Found(Optional.empty(), false, problem);
    }

    private static Found notNow(String problem) {
      return new Found(Optional.empty(), true, problem);
    }
  }

  private final ApiParts parts;
  private final Texts texts;

  ModelDesk(ApiParts parts) {
    this.parts = parts;
    texts = new Texts(parts.blobs());
  }

  /// Waits for a tokenizer that is not here yet.
  @Override
  public TextCodec text(Usable model) throws Texts.Unavailable {
    return texts.of(model.text());
  }

  @Override
  public Found find(String name) {
    return parts.chain().read(state -> find(state, name));
  }

  private Found find(StateView state, String name) {
    Optional<JobId> number = number(name);
    if (number.isPresent()) {
      return Deployments.load(state, number.get())
          .map(deployment -> deployed(state, deployment))
          .orElseGet(() -> trained(state, number.get()));
    }
    List<Deployment> all =
        used(state).stream().filter(it -> it.order().model().equals(name)).toList();
    Optional<Deployment> best =
        all.stream().filter(Deployment::serves).findFirst().or(() -> all.stream().findFirst());
    if (best.isPresent()) {
      return deployed(state, best.get());
    }
    return Models.named(state, name).isPresent()
        ? Found.notNow(
            "the model '%s' is not deployed with this node as its gateway".formatted(name))
        : Found.none("there is no model '%s'".formatted(name));
  }

  /// All, those that are deployed first.
  List<Usable> all() {
    return parts.chain().read(this::all);
  }

  private List<Usable> all(StateView state) {
    List<Usable> all = new ArrayList<>();
    for (Deployment deployment : used(state)) {
      boolean known =
          all.stream().anyMatch(other -> other.name().equals(deployment.order().model()));
      if (!known && deployment.serves()) {
        deployed(state, deployment).usable().ifPresent(all::add);
      }
    }
    long newest = Jobs.count(state);
    for (long job = newest; job > Math.max(0, newest - TRAINED_MAX); job--) {
      trained(state, new JobId(job)).usable().ifPresent(all::add);
    }
    return all;
  }

  private List<Deployment> used(StateView state) {
    return parts.patrons().served(state, parts.network().self(), seats().used(state));
  }

  private HostSeats seats() {
    return new HostSeats(parts.network().self());
  }

  private Found deployed(StateView state, Deployment deployment) {
    if (!deployment.order().gateway().equals(parts.network().self())) {
      return Found.notNow(
          "deployment %s has another gateway: ask node %s"
              .formatted(deployment.id(), deployment.order().gateway()));
    }
    if (deployment.phase() != Deployment.Phase.ACTIVE) {
      return Found.notNow(
          "deployment %s is %s: %s"
              .formatted(deployment.id(), deployment.phase(), deployment.reason()));
    }
    if (used(state).stream().noneMatch(it -> it.id().equals(deployment.id()))) {
      return Found.notNow(
          "this node is no gateway for %s, who has deployment %s: its operator may say so in gateway.for"
              .formatted(parts.show(deployment.order().sender()), deployment.id()));
    }
    ServedModel model = ServedModel.of(state, deployment.order().origin());
    return usable(
        new Usable(
            deployment.order().model(),
            seats().served(state, deployment),
            deployment
                .order()
                .text()
                .<Texts.Source>map(Texts.Source.Said::new)
                .orElse(text(model.reads())),
            model.model().context(),
            model.model().head().outWidth(),
            deployment.order().since().timeMillis() / MILLIS,
            parts.show(deployment.order().payee())));
  }

  private Found trained(StateView state, JobId id) {
    Optional<Job> job = Jobs.load(state, id);
    if (job.isEmpty()) {
      return Found.none("there is no job %s".formatted(id));
    }
    if (job.get().state() != JobState.COMPLETED) {
      return Found.notNow(
          "job %s is %s: its model can be used once it is COMPLETED"
              .formatted(id, job.get().state()));
    }
    JobSpec spec = Jobs.spec(state, id).orElseThrow();
    if (!spec.model().generates()) {
      return Found.notNow(
          "job %s trained a model that gives no text: `nbcli model predict %s` runs it"
              .formatted(id, id));
    }
    return usable(
        new Usable(
            TRAINED + id,
            Seats.served(state, id).orElseThrow(),
            text(spec.base()),
            spec.model().context(),
            spec.model().head().outWidth(),
            job.get().order().submitted().timeMillis() / MILLIS,
            parts.show(job.get().order().sender())));
  }

  /// Whoever said nothing else means what came with the base.
  private static Texts.Source text(Optional<BaseSpec> reads) {
    return reads
        .<Texts.Source>map(base -> new Texts.Source.OfBase(base.manifest()))
        .orElseGet(Texts.Source.OfBytes::new);
  }

  private static Found usable(Usable usable) {
    return new Found(Optional.of(usable), true, "");
  }

  private static Optional<JobId> number(String name) {
    String digits = name.startsWith(TRAINED) ? name.substring(TRAINED.length()) : name;
    return digits.matches("[1-9][0-9]{0,17}")
        ? Optional.of(new JobId(Long.parseLong(digits)))
        : Optional.empty();
  }
}
