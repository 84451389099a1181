package nimble.node.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.api.v1.JobEventView;
import nimble.api.v1.JobView;
import nimble.api.v1.StageView;
import nimble.api.v1.StartView;
import nimble.crypto.AddressForm;
import nimble.ledger.Escrow;
import nimble.ledger.Escrows;
import nimble.ledger.StateView;
import nimble.training.HeldStage;
import nimble.training.Job;
import nimble.training.JobEntry;
import nimble.training.JobRecord;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.vm.StageSpec;

/// A job, in the API's words.
public final class JobViews {
  private final AddressForm form;
  private final EventWords words;

  JobViews(AddressForm form) {
    this.form = form;
    this.words = new EventWords(form);
  }

  static String classes(JobSpec spec) {
    return spec.anyClass() ? "any" : "served";
  }

  JobView job(StateView state, Job job) {
    JobSpec spec = Jobs.spec(state, job.id()).orElseThrow();
    JobRecord record = Jobs.record(state, job.id()).orElseThrow();
    int round = job.progress().round();
    int done = round == 0 ? job.rounds().before() : job.rounds().endStep(round - 1);
    JobView.Builder view =
        JobView.newBuilder()
            .setJob(job.id().value())
            .setName(spec.name())
            .setState(job.state().name())
            .setReason(job.status().reason())
            .setSender(form.show(job.order().sender()))
            .setSteps(spec.training().steps())
            .setStepsDone(done)
            .setRounds(job.rounds().count())
            .setRoundsCommitted(round)
            .setRoundsSettled(job.progress().settled())
            .setFirstLoss(loss(job.progress().firstLoss()))
            .setLastLoss(loss(job.progress().newest().training()))
            .setValidationLoss(loss(job.progress().newest().validation()))
            .setParameters(spec.model().parameters())
            .setBudget(spec.money().budget())
            .setPaid(job.earned().net())
            .setEscrow(Escrows.get(state, job.id()).map(Escrow::total).orElse(0L))
            .setRematches(job.progress().rematches())
            .setAudits(job.audits().verdicts())
            .setAuditsUpheld(job.audits().upheld())
            .setAuditsRejected(job.audits().rejected())
            .setAuditOperations(job.audits().operations())
            .setAuditPaid(job.audits().paid())
            .setOperationsSettled(job.earned().operations())
            .setMetadata(RecordViews.metadata(form, record))
            .setRecord(Wire.to(record.encode()))
            .setClasses(classes(spec))
            .setSpecHash(spec.hash().toString())
            .setTokensPerStep((long) spec.training().batch() * spec.model().context());
    start(spec).ifPresent(view::setStart);
    int strikes = 0;
    List<StageSpec> stages = spec.stageSpecs();
    for (int i = 0; i < job.stages().size(); i++) {
      view.addStages(stage(job, i, stages.get(i)));
      strikes += job.stages().get(i).strikes();
    }
    return view.setStrikes(strikes).build();
  }

  static Optional<StartView> start(JobSpec spec) {
    return spec.start()
        .map(start ->
            StartView.newBuilder()
                .setJob(start.job().value())
                .setRound(start.round())
                .setSteps(start.steps())
                .build());
  }

  private StageView stage(Job job, int index, StageSpec spec) {
    HeldStage stage = job.stages().get(index);
    StageView.Builder view =
        StageView.newBuilder()
            .setIndex(index)
            .setMiner(form.show(stage.miner()))
            .setNumericClass(stage.numericClass().map(Hash::toString).orElse(""))
            .addAllLayers(layers(spec))
            .setOperations(stage.terms().operations(job.rounds()))
            .setPaid(stage.earned().net())
            .setOperationsSettled(stage.earned().operations())
            .setFeeBurned(stage.earned().fee())
            .setPricePerHour(stage.terms().pricePerHour())
            .setOperationsPerSecond(stage.terms().operationsPerSecond())
            .setStrikes(stage.strikes());
    if (job.state() == JobState.COMPLETED) {
      stage.checkpoint().ifPresent(last -> view.setManifest(last.manifest().toString()));
    }
    return view.build();
  }

  static List<String> layers(StageSpec stage) {
    return stage.layers().stream().map(LayerNames::of).toList();
  }

  /// NaN before there is one.
  private static float loss(OptionalInt bits) {
    return bits.isPresent() ? Float.intBitsToFloat(bits.getAsInt()) : Float.NaN;
  }

  /// An entry without its proof, for who has it already.
  public static JobEventView event(AddressForm form, JobEntry entry) {
    return new JobViews(form).event(entry, List.of());
  }

  /// @param all entries of the job, where this one is to be proven; else none
  JobEventView event(JobEntry entry, List<JobEntry> all) {
    JobEventView.Builder view =
        JobEventView.newBuilder()
            .setIndex(entry.sequence())
            .setHeight(entry.at().height())
            .setTimeMillis(entry.at().timeMillis())
            .setKind(entry.event().getClass().getSimpleName())
            .setText(words.of(entry.event()))
            .setEntry(Wire.to(entry.encode()));
    Optional.of(all)
        .filter(entries -> entry.sequence() < entries.size())
        .ifPresent(entries ->
            JobEntry.path(entries, (int) entry.sequence())
                .forEach(hash -> view.addPath(Wire.to(hash.bytes()))));
    return view.build();
  }
}
