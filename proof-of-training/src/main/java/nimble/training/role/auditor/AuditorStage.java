package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.WorkCall;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.Audit;
import nimble.training.NumericClass;
import nimble.training.dispute.Dispute;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.training.role.BaseFetch;
import nimble.training.role.Calls;
import nimble.training.role.Outcome;
import nimble.training.role.Task;
import nimble.training.role.evidence.AuditBundle;
import nimble.types.Hash;
import nimble.types.Moment;

/// One stage that a validator may audit, from the match to the job's end: its class on this
/// machine, and the bench on which its audits follow each other (R13).
final class AuditorStage {
  private final AuditWork work;
  private final AuditorLane lane;
  private final Calls calls = new Calls();
  private final BaseFetch base;
  private final Calls said = new Calls();
  private final Sketchbook sketches;
  private final long memoryBytes;
  private final boolean tooLarge;
  private StageDuty duty;
  private Moment now;
  private Optional<Hash> measured = Optional.empty();
  private Optional<Hash> standing = Optional.empty();
  private OptionalLong sketching = OptionalLong.empty();
  private boolean bench;
  private boolean resting;
  private boolean wanted;
  private boolean classWanted;
  private boolean unable;
  private boolean told;
  private boolean closing;
  private boolean closed;

  AuditorStage(
      StageDuty duty, Moment now, AuditWork work, Auditor.Secrets secrets, Benches benches) {
    this.duty = duty;
    this.now = now;
    this.work = work;
    lane = new AuditorLane(duty.slot());
    base = new BaseFetch(duty.plan().base());
    sketches = new Sketchbook(duty.slot(), duty.auditor(), secrets);
    sketches.finalized(duty.sketch());
    memoryBytes = duty.memoryBytes();
    tooLarge = benches.isTooSmallFor(memoryBytes);
    unable = tooLarge;
  }

  StageDuty duty() {
    return duty;
  }

  void finalized(Moment moment, StageDuty newest) {
    now = moment;
    duty = newest;
    sketches.finalized(newest.sketch());
  }

  void documentRead(String group, Optional<Bytes> contents) {
    if (group.equals(Sketchbook.group(duty.slot()))) {
      sketches.found(contents);
    }
  }

  /// Frees the bench, once what is being computed has come back.
  void close() {
    closing = true;
  }

  boolean closing() {
    return closing;
  }

  boolean closed() {
    return closed;
  }

  /// The class of this machine: what is on chain, or measured since the node started.
  Optional<Hash> numericClass() {
    return duty.numericClass().or(() -> measured);
  }

  /// An audit needs the class, though the chain does not.
  void wantClass() {
    classWanted = true;
  }

  /// The program does not run here.
  boolean unable() {
    return unable;
  }

  boolean free() {
    return lane.free() && !closing;
  }

  /// What it takes would not fit here, with or without a program.
  boolean tooLarge() {
    return tooLarge;
  }

  long memoryBytes() {
    return memoryBytes;
  }

  /// Between audits too, as long as a bench or a base is kept.
  boolean holdsMemory() {
    return hasBench() || !lane.free();
  }

  /// It has memory already, or finds room in so many bytes.
  boolean fitsInto(long bytes) {
    return holdsMemory() || memoryBytes <= bytes;
  }

  /// Something is to be computed for which it must have memory first.
  boolean wantsMemory() {
    return free() && !holdsMemory() && (measures() || (wantsBase() && base.hasCome()));
  }

  /// The base is here, so that steps can be redone; from now on it is wanted.
  boolean hasBase() {
    resting = false;
    wanted = true;
    return base.isWhole();
  }

  void fetched(Hash manifest, ByteSource blob) {
    base.fetched(manifest, blob);
  }

  /// A blob did not come.
  void fetchAgain(Hash manifest) {
    if (base.wants(manifest)) {
      base.again();
    }
  }

  void computed(Outcome.OfBase came) {
    base.computed(came);
    unable |= base.isBroken();
  }

  /// The state's root where the last audit left the bench.
  Optional<Hash> standing() {
    return standing;
  }

  AuditorEffect redo(String group, AuditBundle bundle, boolean sameClass) {
    standing = Optional.empty();
    bench = true;
    sketching = sameClass ? OptionalLong.empty() : sketches.open();
    AuditBundle given =
        sketching.isPresent() ? bundle.sketching(sketches.key(sketching.getAsLong())) : bundle;
    return lane.start(() -> work.redo(given, sameClass), group);
  }

  /// What the task that is back came to.
  void sketched(Audit audit, Outcome.Redone redone) {
    if (sketching.isPresent() && redone.direction().isPresent()) {
      sketches.add(
          sketching.getAsLong(), audit.miner(), audit.id().number(), redone.direction().get());
    }
  }

  AuditorEffect play(String group, AuditBundle bundle, boolean sameClass, Dispute dispute) {
    return lane.start(() -> work.play(bundle, sameClass, dispute), group);
  }

  AuditorEffect examine(String group, AuditBundle bundle) {
    return lane.start(() -> work.examine(bundle), group);
  }

  AuditorEffect run(String group, Task task) {
    return lane.start(task, group);
  }

  /// The bench went through a round to its end.
  void standsAt(Hash root) {
    standing = Optional.of(root);
  }

  /// The group that the task outside is about.
  Optional<String> groupInWork() {
    return lane.group();
  }

  boolean finished(long task) {
    return lane.finished(task);
  }

  AuditorEffect measured(Hash numericClass) {
    measured = Optional.of(numericClass);
    return report(new AuditorProgress.Measured(duty.slot(), numericClass));
  }

  /// Whether memory is kept for the next audit; a base alone takes it too.
  boolean hasBench() {
    return bench || base.isBegun();
  }

  /// Gives that memory back; the next audit makes it anew.
  AuditorEffect rest() {
    bench = false;
    resting = true;
    base.restart();
    standing = Optional.empty();
    return lane.start(work::close);
  }

  void closedNow() {
    closed = closing;
  }

  /// A task that was about no group threw.
  AuditorEffect failed(String reason) {
    unable = true;
    closed = closing;
    return report(new AuditorProgress.Unable(duty.slot(), reason));
  }

  /// What follows from all that happened.
  ///
  /// @param left bytes of memory that nobody holds
  List<AuditorEffect> effects(long left) {
    boolean room = fitsInto(left);
    List<AuditorEffect> effects = new ArrayList<>();
    if (tooLarge && !told) {
      told = true;
      effects.add(
          report(
              new AuditorProgress.Unable(
                  duty.slot(), "the stage takes %d bytes".formatted(memoryBytes))));
    }
    if (lane.free() && closing && !closed) {
      effects.add(lane.start(work::close));
    } else if (room && lane.free() && measures()) {
      effects.add(lane.start(work::probe));
    } else if (room && lane.free() && wantsBase()) {
      base.next(work.base()).map(lane::start).ifPresent(effects::add);
    }
    if (wantsBase()) {
      base.request().map(AuditorEffect.FetchData::new).ifPresent(effects::add);
    }
    if (!closing) {
      say(calls, due(), effects);
      say(said, sketches.due(), effects);
      effects.addAll(sketches.effects());
    }
    return effects;
  }

  private void say(Calls by, Optional<WorkCall> due, List<AuditorEffect> effects) {
    due.ifPresentOrElse(
        call -> by.due(call, now).map(AuditorEffect.Submit::new).ifPresent(effects::add), by::none);
  }

  /// Who joined may be drawn.
  private boolean wantsBase() {
    return !closing && !unable && !resting && (wanted || duty.commitment().isPresent());
  }

  private boolean measures() {
    return !closing && !unable && numericClass().isEmpty() && (duty.asksForClass() || classWanted);
  }

  /// What the chain waits for. A class that is not the one committed to, as after a change of the
  /// machine, stays hidden.
  private Optional<WorkCall> due() {
    if (measured.isEmpty() || duty.numericClass().isPresent()) {
      return Optional.empty();
    }
    Hash numericClass = measured.get();
    Hash hidden = NumericClass.commitment(numericClass, duty.auditor());
    if (duty.mayJoin()) {
      return Optional.of(new AuditorJoin(duty.slot(), duty.auditor(), hidden));
    }
    return duty.mayOpen() && duty.commitment().equals(Optional.of(hidden))
        ? Optional.of(new AuditorOpen(duty.slot(), duty.auditor(), numericClass))
        : Optional.empty();
  }

  private static AuditorEffect report(AuditorProgress progress) {
    return new AuditorEffect.Report(progress);
  }
}
