package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.AuditCall.DataAnswer;
import nimble.chain.AuditCall.DataChallenge;
import nimble.chain.AuditCall.DisputeFinding;
import nimble.chain.AuditId;
import nimble.chain.WorkCall;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.Audit;
import nimble.training.AuditSeat;
import nimble.training.dispute.Dispute;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.training.role.DisputedStep;
import nimble.training.role.EvidenceName;
import nimble.training.role.Outcome;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.training.role.evidence.AuditBundle;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.RoundIndex;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Span;

/// One audit, from the draw until the chain has closed it: gathers the evidence, has it looked at,
/// and says on chain what came of it (R14, R15).
final class AuditorCase {
  private final Auditor.Secrets secrets;
  private final Span patience;
  private final AuditWants wants;
  private final SortedMap<Hash, ByteSource> here = new TreeMap<>();
  private final SortedSet<Hash> fetching = new TreeSet<>();
  private final SortedSet<PublicKey> awaited = new TreeSet<>();
  private final ShardHolder shards = new ShardHolder();
  private AuditDuty duty;
  private Moment now;
  private Optional<Moment> began = Optional.empty();
  private Optional<RoundIndex> index = Optional.empty();
  private Optional<RoundIndex> gathered = Optional.empty();
  private Optional<Outcome.Redone> answer = Optional.empty();
  private Optional<Outcome.Played> played = Optional.empty();
  private Optional<Hash> subject = Optional.empty();
  private int asked;
  private boolean troubled;
  private boolean computing;
  private boolean failed;
  private boolean unanswered;

  /// @param patience after this without the evidence its miner is challenged; after twice this when
  ///   it trickles in
  AuditorCase(AuditDuty duty, Moment now, Auditor.Secrets secrets, Span patience) {
    this.duty = duty;
    this.now = now;
    this.secrets = secrets;
    this.patience = patience;
    this.wants = new AuditWants(duty.id());
    if (duty.holds()) {
      wants.add(new AuditorEffect.ReadDocument(group()));
    }
  }

  AuditDuty duty() {
    return duty;
  }

  /// The group of evidence of this audit.
  String group() {
    return group(duty.id());
  }

  static String group(AuditId id) {
    return "%s%d-%d".formatted(Auditor.GROUPS, id.job().value(), id.number());
  }

  void finalized(Moment moment, AuditDuty newest) {
    now = moment;
    duty = newest;
    duty.shards().ifPresent(shards::finalized);
  }

  /// Whether there is anything to gather or to compute.
  boolean wantsWork() {
    return !failed && (wantsAnswer() || wantsAll());
  }

  boolean wantsAnswer() {
    return duty.wantsAnswer() && answer.isEmpty() && !unanswered;
  }

  /// The start state too: nobody's bench is of use.
  private boolean wantsAll() {
    return wantsShards() || toMove().isPresent() || wantsFinding();
  }

  /// The dispute for which a move is to be found.
  Optional<Dispute> toMove() {
    return duty.toMove()
        .filter(game -> played.filter(last -> last.number() == game.moves()).isEmpty());
  }

  /// It takes the stage's own arithmetic, not only its bytes.
  boolean redoes() {
    return wantsAnswer() || toMove().isPresent() || wantsFinding();
  }

  boolean wantsFinding() {
    return duty.wantsFinding() && subject.isEmpty();
  }

  private boolean wantsShards() {
    return duty.wantsData() && shards.wantsOwn();
  }

  /// The data is to be put together from shards, and is not yet.
  boolean awaitsBundle() {
    return duty.held().isPresent()
        && index
            .filter(it -> needed(it, false).stream().allMatch(b -> here.containsKey(b.manifest())))
            .isEmpty();
  }

  boolean begun() {
    return began.isPresent();
  }

  void begin() {
    began = Optional.of(now);
    Audit audit = duty.audit();
    report(new AuditorProgress.Began(duty.id(), duty.slot(), audit.round(), audit.step()));
  }

  /// The last try to get the evidence failed; nothing of it is in memory.
  boolean troubled() {
    return troubled;
  }

  /// Asks for what is missing.
  ///
  /// @param spareState the start state is, or will be, where the stage's bench stands
  void gather(boolean spareState) {
    if (computing) {
      return;
    }
    if (wantsShards() || awaitsBundle()) {
      Optional<ShardDuty> all = wants.isWaiting() ? Optional.empty() : duty.shards();
      all.ifPresent(it -> shards(shards.next(it, duty.sources())));
    } else if (index.isEmpty()) {
      ask(EvidenceName.Kind.ASK);
    } else if (!wants.isWaiting()) {
      needed(index.get(), spareState).forEach(this::fetch);
    }
  }

  private void shards(ShardHolder.Step next) {
    switch (next) {
      case ShardHolder.Step.Ask() -> ask(EvidenceName.Kind.ASK_SHARDS);
      case ShardHolder.Step.Fetch(var all) ->
          all.forEach(it -> wants.add(it.from(group(), patience.millis())));
      case ShardHolder.Step.Keep(Bytes list) ->
          wants.add(new AuditorEffect.WriteDocument(group(), list));
      case ShardHolder.Step.Wait(String reason) -> {
        trouble(reason);
        wants.waitAWhile();
      }
    }
  }

  /// Puts the data together, once there are shards enough.
  Optional<Task> rebuild() {
    return computing || !awaitsBundle()
        ? Optional.empty()
        : duty.held().flatMap(all -> shards.rebuild(all, duty));
  }

  private void ask(EvidenceName.Kind what) {
    if (wants.isWaiting() || duty.sources().isEmpty()) {
      return;
    }
    PublicKey source = duty.sources().get(asked % duty.sources().size());
    awaited.add(source);
    tell(source, what, Bytes.EMPTY);
    wants.waitAWhile();
  }

  private List<BlobName> needed(RoundIndex found, boolean spareState) {
    List<BlobName> all = new ArrayList<>(duty.evidence(found).wanted(duty.audit().step()));
    if (spareState && !wantsAll()) {
      found.start().ifPresent(all::remove);
    }
    return all;
  }

  private void fetch(BlobName blob) {
    if (!here.containsKey(blob.manifest()) && fetching.add(blob.manifest())) {
      wants.add(
          new AuditorEffect.FetchEvidence(
              group(), blob.manifest(), duty.sources(), blob.bytes(), patience.millis()));
    }
  }

  /// What the bench needs, once all is here.
  Optional<AuditBundle> bundle(Optional<ByteSource> text, boolean standing) {
    if (computing || index.isEmpty()) {
      return Optional.empty();
    }
    RoundIndex found = index.get();
    boolean whole =
        needed(found, standing).stream().allMatch(blob -> here.containsKey(blob.manifest()));
    return whole
        ? Optional.of(
            new AuditBundle(
                duty.audit(),
                duty.evidence(found),
                duty.mixed(),
                standing && !wantsAll(),
                here,
                text))
        : Optional.empty();
  }

  /// The bundle is on the bench.
  void computing() {
    computing = true;
    troubled = false;
  }

  /// Whether the name is that of this audit's evidence.
  boolean isAbout(EvidenceName name) {
    return name.equals(duty.name(name.kind()));
  }

  /// An answer; one for each question.
  void received(PublicKey from, EvidenceName name, Bytes payload) {
    if (!awaited.remove(from)) {
      return;
    }
    switch (name.kind()) {
      case INDEX -> told(from, payload);
      case SHARDS -> toldShards(from, payload);
      case NONE -> trouble("%s has no index".formatted(from));
      case ASK, ASK_SHARDS -> {}
    }
  }

  private void toldShards(PublicKey from, Bytes payload) {
    try {
      if (duty.shards().isPresent() && shards.list().isEmpty()) {
        shards.told(duty.shards().get(), payload);
        wants.waitNoLonger();
        troubled = false;
      }
    } catch (Malformed e) {
      trouble("the shards of %s: %s".formatted(from, e.reason()));
    }
  }

  private void told(PublicKey from, Bytes payload) {
    if (index.isPresent()) {
      return;
    }
    try {
      RoundIndex told = Reader.decode(payload, RoundIndex::read);
      Optional<String> problem =
          told.problem(duty.claimed().roots(), duty.plan(), duty.stage(), duty.round());
      if (problem.isPresent()) {
        throw new Malformed(problem.get());
      }
      taken(told);
    } catch (Malformed e) {
      trouble("the index of %s: %s".formatted(from, e.reason()));
    }
  }

  /// What another index named is of no use: a miner cannot fill memory or disk with changing words.
  private void taken(RoundIndex told) {
    if (gathered.isPresent() && !gathered.get().equals(told)) {
      here.clear();
      fetching.clear();
      wants.add(new AuditorEffect.Drop(group()));
    }
    gathered = Optional.of(told);
    index = gathered;
    wants.waitNoLonger();
    troubled = false;
  }

  /// Another validator asks.
  void asked(PublicKey from, EvidenceName.Kind what) {
    if (what == EvidenceName.Kind.ASK_SHARDS) {
      shards.list().ifPresent(list -> tell(from, EvidenceName.Kind.SHARDS, list.encode()));
    } else {
      EvidenceName.Kind kind = index.isPresent() ? EvidenceName.Kind.INDEX : EvidenceName.Kind.NONE;
      tell(from, kind, index.map(RoundIndex::encode).orElse(Bytes.EMPTY));
    }
  }

  private void tell(PublicKey to, EvidenceName.Kind kind, Bytes payload) {
    wants.add(new SendTensor(to, duty.name(kind), payload));
  }

  void documentRead(Optional<Bytes> list) {
    list.ifPresent(shards::found);
  }

  /// From here on what it holds outlives the process.
  void documentWritten(boolean kept) {
    shards.written(kept);
    if (kept) {
      report(new AuditorProgress.Held(duty.id()));
    } else {
      trouble("there is no room for shards");
      wants.waitAWhile();
    }
  }

  void fetched(Hash manifest, ByteSource blob) {
    duty.shards().ifPresent(all -> shards.fetched(all, manifest, blob));
    if (fetching.remove(manifest) && wantsWork()) {
      here.put(manifest, blob);
      troubled = false;
    }
  }

  /// The index may be to blame: the next one of whom it may be had is asked.
  void fetchFailed(Hash manifest, String reason) {
    shards.fetchFailed(manifest);
    if (fetching.remove(manifest)) {
      again(reason);
    }
  }

  void timerFired() {
    wants.waitNoLonger();
    shards.retry();
    boolean ofShards = wantsShards() || awaitsBundle();
    if (ofShards ? shards.list().isEmpty() : index.isEmpty()) {
      asked++;
      troubled = true;
    }
  }

  void computed(Outcome.OfAudit outcome) {
    computing = false;
    switch (outcome) {
      case Outcome.Redone redone -> {
        answer = Optional.of(redone);
        here.clear();
        report(
            new AuditorProgress.Redone(
                duty.id(), redone.verdict(), redone.reason(), redone.operations()));
      }
      case Outcome.Rebuilt(var _, RoundIndex found, var blobs) -> {
        index = Optional.of(found);
        here.putAll(blobs);
      }
      case Outcome.Withheld(var _, String reason) -> withheld(reason);
      case Outcome.Played move -> {
        played = Optional.of(move);
        here.clear();
      }
      case Outcome.Examined(var _, Hash found) -> {
        subject = Optional.of(found);
        here.clear();
      }
      case Outcome.Unusable(var _, String reason) -> {
        if (duty.shards().isEmpty()) {
          wants.add(new AuditorEffect.Drop(group()));
        }
        again(reason);
      }
    }
  }

  /// What validators hold is not what was committed to: that is the answer.
  private void withheld(String reason) {
    if (!duty.wantsAnswer()) {
      fail(reason);
      return;
    }
    computed(duty.withheld(reason));
  }

  /// There will be no answer; what takes no program goes on.
  void failAnswer(String reason) {
    if (!unanswered) {
      unanswered = true;
      stop(reason);
    }
  }

  void fail(String reason) {
    if (wantsAnswer()) {
      failAnswer(reason);
    } else if (!failed) {
      failed = true;
      stop(reason);
    }
  }

  private void stop(String reason) {
    computing = false;
    here.clear();
    report(new AuditorProgress.Failed(duty.id(), reason));
  }

  private void again(String reason) {
    index = Optional.empty();
    trouble(reason);
    wants.waitAWhile();
  }

  /// What is here already is on the shelf, and comes back from there.
  private void trouble(String reason) {
    troubled = true;
    here.clear();
    report(new AuditorProgress.Missing(duty.id(), reason));
  }

  List<AuditorEffect> effects() {
    return wants.take(due(), now);
  }

  /// What the chain waits for from this validator.
  private Optional<WorkCall> due() {
    return switch (duty.audit().phase()) {
      case COMMITTING ->
          duty.seat().filter(seat -> seat.commitment().isEmpty()).flatMap(_ -> commitOrChallenge());
      case REVEALING -> duty.seat().flatMap(this::reveal);
      case CHALLENGED ->
          shards
              .held()
              .filter(_ -> !duty.holds())
              .map(bundle -> new DataAnswer(duty.id(), duty.auditor(), bundle));
      case VOTING -> answer.filter(_ -> duty.wantsAnswer()).map(found -> opened(found).vote());
      case DISPUTED -> moveOrFinding();
      case CONCEDING -> Optional.empty();
    };
  }

  private Optional<WorkCall> moveOrFinding() {
    if (duty.wantsFinding()) {
      return subject.map(found -> new DisputeFinding(duty.id(), duty.auditor(), found));
    }
    return duty.toMove()
        .flatMap(game -> played.filter(last -> last.number() == game.moves()))
        .flatMap(last -> last.move().map(move -> DisputedStep.call(last, duty.auditor(), move)));
  }

  private Optional<WorkCall> commitOrChallenge() {
    if (answer.isPresent()) {
      return Optional.of(opened(answer.get()).commit());
    }
    boolean withheld = (troubled && isOver(1)) || (!fetching.isEmpty() && isOver(2));
    return withheld && !unanswered && duty.audit().challenger().isEmpty()
        ? Optional.of(new DataChallenge(duty.id(), duty.auditor()))
        : Optional.empty();
  }

  /// Whether it began so many patiences ago.
  private boolean isOver(int patiences) {
    Span span = new Span(patiences * patience.millis(), patiences * patience.blocks());
    return began.filter(since -> span.after(since).reachedAt(now)).isPresent();
  }

  /// What was committed to before a restart is found again by redoing the step: the same bits, the
  /// same salt.
  private Optional<WorkCall> reveal(AuditSeat seat) {
    if (seat.commitment().isEmpty() || seat.reveal().isPresent() || answer.isEmpty()) {
      return Optional.empty();
    }
    Optional<WorkCall> reveal = opened(answer.get()).reveal(seat);
    if (reveal.isEmpty()) {
      failAnswer("the answer is another one than was committed to");
    }
    return reveal;
  }

  private Testimony opened(Outcome.Redone found) {
    return new Testimony(duty.audit(), duty.auditor(), found, secrets);
  }

  private void report(AuditorProgress progress) {
    wants.add(new AuditorEffect.Report(progress));
  }
}
