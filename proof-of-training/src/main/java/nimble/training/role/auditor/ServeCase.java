package nimble.training.role.auditor;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.chain.AuditCall.DataAnswer;
import nimble.chain.AuditCall.DataChallenge;
import nimble.chain.AuditId;
import nimble.chain.WorkCall;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.training.role.EvidenceName;
import nimble.training.role.Outcome;
import nimble.training.role.SendTensor;
import nimble.training.role.serving.RowEntry;
import nimble.training.role.serving.RowEvidence;
import nimble.training.role.serving.RowList;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Span;
import nimble.vm.StageSpec;

/// One audit of a served row, from the draw until the chain has closed it: gets the list of the
/// receipt's rows and the drawn one, has it replayed, and says on chain what came of it (R32).
final class ServeCase {
  /// A row is looked at as a whole: of what may be larger nothing comes here, and nothing is said.
  static final long ROW_BYTES_MAX = 256L << 20;

  /// Far more than takes what stands in a row beside ids and vectors.
  private static final long ROW_HEAD_BYTES = 1 << 20;

  private final ReplayWork work;
  private final Auditor.Secrets secrets;
  private final Span patience;
  private final Moment began;
  private final AuditWants wants;
  private final SortedSet<PublicKey> awaited = new TreeSet<>();
  private ServeDuty duty;
  private Moment now;
  private Optional<RowList> rows = Optional.empty();
  private Optional<RowEvidence> row = Optional.empty();
  private Optional<Outcome.Redone> answer = Optional.empty();
  private int asked;
  private boolean fetching;
  private boolean troubled;
  private boolean failed;
  private boolean tooLarge;

  /// @param patience after this without the row its host is challenged
  ServeCase(ServeDuty duty, Moment now, ReplayWork work, Auditor.Secrets secrets, Span patience) {
    this.duty = duty;
    this.now = now;
    this.work = work;
    this.secrets = secrets;
    this.patience = patience;
    this.wants = new AuditWants(duty.audit().id());
    began = now;
  }

  ServeDuty duty() {
    return duty;
  }

  AuditId id() {
    return duty.audit().id();
  }

  String group() {
    return AuditorCase.group(id());
  }

  void finalized(Moment moment, ServeDuty newest) {
    now = moment;
    duty = newest;
  }

  /// Its answer is to be found, and the row is here.
  boolean wantsReplay() {
    return row.isPresent() && wantsAnswer();
  }

  boolean wantsAnswer() {
    return duty.wantsAnswer() && answer.isEmpty() && !failed;
  }

  RowEvidence row() {
    return row.orElseThrow();
  }

  boolean isAbout(EvidenceName name) {
    return name.equals(duty.name(name.kind()));
  }

  /// Asks for what is missing.
  void gather() {
    boolean wanted = !tooLarge && (wantsAnswer() || duty.wantsData());
    if (row.isPresent() || wants.isWaiting() || fetching || !wanted) {
      return;
    }
    if (rows.isPresent()) {
      drawn().ifPresent(this::fetch);
    } else if (!duty.sources().isEmpty()) {
      PublicKey source = duty.sources().get(asked % duty.sources().size());
      awaited.add(source);
      wants.add(new SendTensor(source, duty.name(EvidenceName.Kind.ASK), Bytes.EMPTY));
      wants.waitAWhile();
    }
  }

  private Optional<RowEntry> drawn() {
    return rows.flatMap(it -> it.at(duty.position()));
  }

  private void fetch(RowEntry entry) {
    long most = rowBytes(duty.stage().spec());
    if (most > ROW_BYTES_MAX) {
      tooLarge = true;
      fail("rows of up to %d bytes are too large for this node".formatted(most));
      return;
    }
    fetching = true;
    wants.add(
        new AuditorEffect.FetchEvidence(
            group(), entry.evidence(), duty.sources(), most, patience.millis()));
  }

  /// Of the longest one that the stage can be given.
  static long rowBytes(StageSpec stage) {
    long position = (1L + stage.inWidth()) * Float.BYTES;
    return ROW_HEAD_BYTES + stage.model().context() * position;
  }

  /// Another validator asks.
  void asked(PublicKey from) {
    EvidenceName.Kind kind = row.isPresent() ? EvidenceName.Kind.INDEX : EvidenceName.Kind.NONE;
    Bytes list = row.isPresent() ? rows.orElseThrow().encode() : Bytes.EMPTY;
    wants.add(new SendTensor(from, duty.name(kind), list));
  }

  /// An answer; one for each question. The miner of the same node has nothing to tell, and says so.
  void received(PublicKey from, EvidenceName name, Bytes payload) {
    if (name.kind() != EvidenceName.Kind.INDEX || !awaited.remove(from) || rows.isPresent()) {
      return;
    }
    try {
      RowList told = Reader.decode(payload, RowList::read);
      if (!told.isOf(duty.account())) {
        throw new Malformed("other rows than the receipt is about");
      }
      rows = Optional.of(told);
      wants.waitNoLonger();
    } catch (Malformed e) {
      trouble("the rows of %s: %s".formatted(from, e.reason()));
    }
  }

  void fetched(Hash manifest, ByteSource blob) {
    Optional<RowEntry> entry = drawn().filter(it -> it.evidence().equals(manifest));
    fetching = false;
    if (entry.isEmpty() || row.isPresent()) {
      return;
    }
    try {
      long from = rows.orElseThrow().before(entry.get(), duty.account().served().tokens());
      row = Optional.of(work.read(duty, entry.get(), from, blob.whole()));
      troubled = false;
    } catch (Malformed e) {
      fetchFailed(e.reason());
    } catch (IllegalStateException e) {
      fetchFailed("the row was lost meanwhile: " + e.getMessage());
    }
  }

  void fetchFailed(String reason) {
    fetching = false;
    rows = Optional.empty();
    trouble(reason);
    wants.waitAWhile();
  }

  void timerFired() {
    wants.waitNoLonger();
    if (rows.isEmpty()) {
      asked++;
      troubled = true;
    }
  }

  void redone(Outcome.Redone found) {
    answer = Optional.of(found);
    report(new AuditorProgress.Redone(id(), found.verdict(), found.reason(), found.operations()));
  }

  /// There will be no answer.
  void fail(String reason) {
    failed = true;
    report(new AuditorProgress.Failed(id(), reason));
  }

  private void trouble(String reason) {
    troubled = true;
    report(new AuditorProgress.Missing(id(), reason));
  }

  List<AuditorEffect> effects() {
    return wants.take(due(), now);
  }

  /// What the chain waits for from this validator.
  private Optional<WorkCall> due() {
    Optional<Testimony> found =
        answer.map(it -> new Testimony(duty.audit(), duty.auditor(), it, secrets));
    return switch (duty.audit().phase()) {
      case COMMITTING ->
          duty.seat()
              .filter(seat -> seat.commitment().isEmpty())
              .flatMap(_ -> found.map(Testimony::commit).or(this::challenge));
      case REVEALING ->
          duty.seat()
              .filter(seat -> seat.reveal().isEmpty())
              .flatMap(seat -> found.flatMap(it -> it.reveal(seat)));
      case CHALLENGED ->
          drawn()
              .filter(_ -> row.isPresent() && duty.wantsData())
              .map(entry -> new DataAnswer(id(), duty.auditor(), entry.evidence()));
      case VOTING -> found.filter(_ -> duty.wantsAnswer()).map(Testimony::vote);
      case CONCEDING, DISPUTED -> Optional.empty();
    };
  }

  private Optional<WorkCall> challenge() {
    boolean late = patience.after(began).reachedAt(now);
    return late && troubled && !failed && duty.audit().challenger().isEmpty()
        ? Optional.of(new DataChallenge(id(), duty.auditor()))
        : Optional.empty();
  }

  private void report(AuditorProgress progress) {
    wants.add(new AuditorEffect.Report(progress));
  }
}
