package nimble.node.api;

import java.util.OptionalInt;
import java.util.stream.Collectors;
import nimble.crypto.AddressForm;
import nimble.node.files.Amount;
import nimble.training.AuditEvent;
import nimble.training.JobEvent;
import nimble.training.Losses;
import nimble.types.Address;

/// What happened to a job, as a sentence.
final class EventWords {
  private final AddressForm form;

  EventWords(AddressForm form) {
    this.form = form;
  }

  String of(JobEvent event) {
    return switch (event) {
      case JobEvent.Submitted it ->
          "ordered by %s for %s".formatted(show(it.sender()), Amount.withUnit(it.budget()));
      case JobEvent.Matched it ->
          "stage %d goes to %s at %s an hour"
              .formatted(it.stage(), show(it.miner()), Amount.withUnit(it.pricePerHour()));
      case JobEvent.Accepted it ->
          "stage %d accepted by %s".formatted(it.stage(), show(it.miner()));
      case JobEvent.ClassOpened it ->
          "stage %d has numeric class %s".formatted(it.stage(), it.numericClass());
      case JobEvent.Started it -> "training begins: %d rounds".formatted(it.rounds());
      case JobEvent.RoundCommitted it ->
          "round %d committed%s".formatted(it.round(), losses(it.losses()));
      case JobEvent.RoundFailed it ->
          "round %d counted for nobody (attempt %d): %s"
              .formatted(it.round(), it.attempt(), it.reason());
      case JobEvent.RollCalled it ->
          "round %d: whoever holds a stage has to accept again".formatted(it.round());
      case JobEvent.Struck it ->
          "strike for %s on stage %d: %s".formatted(show(it.miner()), it.stage(), it.reason());
      case JobEvent.Paused it -> "paused: " + it.reason();
      case JobEvent.Resumed _ -> "resumed";
      case JobEvent.CheckpointRecorded it ->
          "stage %d: checkpoint after round %d is %s"
              .formatted(it.stage(), it.round(), it.manifest());
      case JobEvent.RoundSettled it ->
          "round %d settled%s".formatted(it.round(), losses(it.losses()));
      case JobEvent.Paid it ->
          "round %d: %s to %s for stage %d, %s burned"
              .formatted(
                  it.round(),
                  Amount.withUnit(it.net()),
                  show(it.miner()),
                  it.stage(),
                  Amount.withUnit(it.fee()));
      case JobEvent.ToppedUp it ->
          "%s added by %s".formatted(Amount.withUnit(it.amount()), show(it.sender()));
      case JobEvent.CancelAsked _ -> "its sender wants no further rounds";
      case JobEvent.Settling it ->
          "settling, to become %s%s"
              .formatted(it.ending(), it.reason().isEmpty() ? "" : ": " + it.reason());
      case AuditEvent it -> words(it);
      case JobEvent.Ended it ->
          "%s; %s returned".formatted(it.state(), Amount.withUnit(it.refund()));
    };
  }

  private String words(AuditEvent event) {
    return switch (event) {
      case AuditEvent.AuditorJoined it ->
          "%s may audit stage %d in numeric class %s"
              .formatted(show(it.auditor()), it.stage(), it.numericClass());
      case AuditEvent.AuditDrawn it ->
          "audit %d of stage %d, round %d, step %d by %s"
              .formatted(
                  it.audit(),
                  it.stage(),
                  it.round(),
                  it.step(),
                  it.auditors().stream().map(this::show).collect(Collectors.joining(", ")));
      case AuditEvent.AuditClosed it ->
          "audit %d of stage %d, round %d: %s"
              .formatted(it.audit(), it.stage(), it.round(), it.outcome());
      case AuditEvent.AuditPaid it ->
          "audit %d: %s to %s"
              .formatted(it.audit(), Amount.withUnit(it.amount()), show(it.auditor()));
      case AuditEvent.Challenged it ->
          "audit %d: %s cannot get the data".formatted(it.audit(), show(it.auditor()));
      case AuditEvent.Answered it -> "audit %d: validators hold the data".formatted(it.audit());
      case AuditEvent.Appealed it -> "audit %d: the miner appeals".formatted(it.audit());
      case AuditEvent.Disputed it ->
          "audit %d: %s disputes it with %s, %s"
              .formatted(
                  it.audit(),
                  show(it.accuser()),
                  show(it.miner()),
                  it.appealed() ? "who appealed" : "since too few could vote");
      case AuditEvent.DisputeMoved it ->
          "audit %d: move %d of the dispute, by %s"
              .formatted(it.audit(), it.number() + 1, show(it.player()));
      case AuditEvent.DisputeEnded it ->
          "audit %d: the dispute ends, %s".formatted(it.audit(), it.result());
      case AuditEvent.ClassVoided it ->
          "stage %d: %s does not compute in its class".formatted(it.stage(), show(it.miner()));
      case AuditEvent.DriftReported it ->
          "stage %d: %s says that the deviations of %s add up (z %.1f)"
              .formatted(it.stage(), show(it.auditor()), show(it.miner()), it.milliZ() / 1e3);
      case AuditEvent.Suspected it ->
          "stage %d: %s is audited at one half until epoch %d"
              .formatted(it.stage(), show(it.miner()), it.until());
      case AuditEvent.DriftPaid it ->
          "stage %d: nothing was found, %s pays %s"
              .formatted(it.stage(), show(it.auditor()), Amount.withUnit(it.amount()));
      case AuditEvent.Contested it -> "audit %d is contested".formatted(it.audit());
      case AuditEvent.Slashed it ->
          "%s of %s on stage %d slashed: %s"
              .formatted(Amount.withUnit(it.amount()), show(it.miner()), it.stage(), it.reason());
      case AuditEvent.WentBack it ->
          "back to the start of round %d: %s".formatted(it.round(), it.reason());
      case AuditEvent.CheckpointHeld it ->
          "stage %d: checkpoint after round %d is held by %s"
              .formatted(it.stage(), it.round(), show(it.custodian()));
      case AuditEvent.ResumePointReached it ->
          "the job can resume after round %d".formatted(it.round());
      case AuditEvent.Forfeited it ->
          "audit %d: %s forfeits %s (%s)"
              .formatted(it.audit(), show(it.auditor()), Amount.withUnit(it.amount()), it.reason());
    };
  }

  private static String losses(Losses losses) {
    return loss(", loss ", losses.training()) + loss(", validation loss ", losses.validation());
  }

  private static String loss(String name, OptionalInt bits) {
    return bits.isPresent() ? "%s%.4f".formatted(name, Float.intBitsToFloat(bits.getAsInt())) : "";
  }

  private String show(Address address) {
    return form.show(address);
  }
}
