package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.AuditCall.Concede;
import nimble.chain.AuditCall.DataAnswer;
import nimble.chain.AuditCall.DataChallenge;
import nimble.chain.AuditCall.DisputeFinding;
import nimble.chain.AuditCall.DisputeMove;
import nimble.chain.AuditCall.VerdictVote;
import nimble.chain.AuditId;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.codec.Writer;
import nimble.genesis.Parameters;
import nimble.training.dispute.Move;
import nimble.training.dispute.Statement;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// The validators of a [World] as auditors of one job.
final class Panel {
  static final Parameters PARAMETERS = audited(Specs.PARAMETERS);
  static final Hash ANSWER = Specs.hash("answer");
  static final Hash BUNDLE = Specs.hash("bundle");

  /// Roots of nothing, for as many micro-batches as [Specs] has.
  private static final Move STATEMENT =
      new Move.State(
          new Statement(
              Collections.nCopies(2, new Statement.Exact(Hash.ZERO, Hash.ZERO, Hash.ZERO)),
              Hash.ZERO,
              List.of(Hash.ZERO, Hash.ZERO)));

  final World world;
  final JobId id;

  Panel(World world, JobId id) {
    this.world = world;
    this.id = id;
  }

  private static Parameters audited(Parameters p) {
    return p.with(p.training().withAuditors(2));
  }

  static World world(long[] stakes, long... prices) {
    return new World(PARAMETERS, stakes, prices);
  }

  /// A job every round of which is drawn at once, and again when its window closes.
  static JobSpec alwaysAudited(int steps) {
    return Specs.spec(steps, new MoneySpec(100 * World.NIM, 1_000_000_000, 1_000, Specs.HOUR));
  }

  AuditorJoin join(int stage, int account) {
    return join(stage, account, World.digest(stage));
  }

  AuditorJoin join(int stage, int account, Hash digest) {
    Address address = World.address(account);
    return new AuditorJoin(
        World.slot(id, stage), address, NumericClass.commitment(digest, address));
  }

  AuditorOpen open(int stage, int account) {
    return new AuditorOpen(World.slot(id, stage), World.address(account), World.digest(stage));
  }

  int stages() {
    return world.job(id).stages().size();
  }

  /// In one block.
  void joinAll() {
    each(this::join);
  }

  /// In one block.
  void openAll() {
    each(this::open);
  }

  private void each(BiFunction<Integer, Integer, WorkCall> call) {
    List<WorkCall> calls = new ArrayList<>();
    for (int account : world.validators) {
      for (int stage = 0; stage < stages(); stage++) {
        calls.add(call.apply(stage, account));
      }
    }
    world.work(calls.toArray(WorkCall[]::new));
  }

  /// Everybody joins, accepts and opens.
  void start() {
    joinAll();
    for (int stage = 0; stage < stages(); stage++) {
      world.work(world.accept(id, stage));
    }
    openAll();
    for (int stage = 0; stage < stages(); stage++) {
      world.work(world.open(id, stage));
    }
    assertEquals(JobState.RUNNING, world.job(id).state());
  }

  /// Open audits, oldest first.
  List<Audit> audits() {
    return Jobs.openAudits(world.state(), id).stream().map(this::audit).toList();
  }

  Audit audit(long number) {
    return Jobs.audit(world.state(), new AuditId(id, number)).orElseThrow();
  }

  Audit audit(Audit earlier) {
    return audit(earlier.id().number());
  }

  boolean isOpen(Audit audit) {
    return Jobs.audit(world.state(), audit.id()).isPresent();
  }

  /// A round of which every stage is drawn: the audit of stage 0, the only one left open.
  Audit drawn() {
    world.round(id);
    world.idle((int) PARAMETERS.training().beaconDelay());
    Audit first = audits().getFirst();
    pass(2, first);
    assertEquals(List.of(first), audits());
    return first;
  }

  /// Both seats commit, then reveal, the same.
  void agree(Audit audit, Verdict verdict) {
    say(audit, verdict, verdict);
  }

  /// The seats in order commit, then reveal.
  void say(Audit audit, Verdict... verdicts) {
    List<AuditSeat> seats = audit.heard();
    List<WorkCall> commits = new ArrayList<>();
    List<WorkCall> reveals = new ArrayList<>();
    for (int i = 0; i < verdicts.length; i++) {
      commits.add(commit(audit, seats.get(i).auditor(), verdicts[i], ANSWER));
      reveals.add(reveal(audit, seats.get(i).auditor(), verdicts[i], ANSWER));
    }
    world.work(commits.toArray(WorkCall[]::new));
    world.work(reveals.toArray(WorkCall[]::new));
  }

  /// Blocks in which all audits but one find the work right.
  void pass(int blocks, Audit but) {
    for (int i = 0; i < blocks; i++) {
      upholdAllBut(but);
    }
  }

  private void upholdAllBut(Audit but) {
    List<WorkCall> calls = new ArrayList<>();
    for (Audit audit : audits()) {
      if (!audit.id().equals(but.id())) {
        for (AuditSeat seat : audit.heard()) {
          calls.add(commit(audit, seat.auditor(), Verdict.UPHELD, ANSWER));
          calls.add(reveal(audit, seat.auditor(), Verdict.UPHELD, ANSWER));
        }
      }
    }
    calls.removeIf(call -> !world.isOpen(call));
    world.work(calls.toArray(WorkCall[]::new));
  }

  static AuditReveal reveal(Audit audit, Address auditor, Verdict verdict, Hash answer) {
    return new AuditReveal(audit.id(), auditor, verdict, answer, Specs.hash("salt"));
  }

  static AuditCommit commit(Audit audit, Address auditor, Verdict verdict, Hash answer) {
    Hash commitment = reveal(audit, auditor, verdict, answer).commitment();
    return new AuditCommit(audit.id(), auditor, commitment);
  }

  static DataChallenge challenge(Audit audit, Address auditor) {
    return new DataChallenge(audit.id(), auditor);
  }

  static DataAnswer answer(Audit audit, int account) {
    return new DataAnswer(audit.id(), World.address(account), BUNDLE);
  }

  static Concede concede(Audit audit) {
    return new Concede(audit.id());
  }

  static Appeal appeal(Audit audit) {
    return new Appeal(audit.id());
  }

  static VerdictVote vote(Audit audit, int account, Verdict verdict) {
    return new VerdictVote(audit.id(), World.address(account), verdict, ANSWER);
  }

  /// Validator i votes `verdicts[i]`; nobody else does.
  void vote(Audit audit, Verdict... verdicts) {
    for (int i = 0; i < verdicts.length; i++) {
      world.work(vote(audit, world.validators.get(i), verdicts[i]));
    }
  }

  /// The seats differ, and the miner does not concede.
  Audit contested(Verdict first, Verdict second) {
    Audit audit = drawn();
    say(audit, first, second);
    pass((int) PARAMETERS.training().auditCommit().blocks(), audit);
    assertEquals(Audit.Phase.VOTING, audit(audit).phase());
    return audit(audit);
  }

  List<AuditEvent.AuditClosed> closed() {
    List<AuditEvent.AuditClosed> all = new ArrayList<>();
    for (JobEntry entry : world.entries(id)) {
      if (entry.event() instanceof AuditEvent.AuditClosed closed) {
        all.add(closed);
      }
    }
    return all;
  }

  AuditOutcome outcome(Audit audit) {
    return closed().stream()
        .filter(closed -> closed.audit() == audit.id().number())
        .map(AuditEvent.AuditClosed::outcome)
        .findFirst()
        .orElseThrow();
  }

  /// What an auditor got for an audit, -1 if nothing.
  long paid(Audit audit, Address auditor) {
    for (JobEntry entry : world.entries(id)) {
      if (entry.event() instanceof AuditEvent.AuditPaid paid
          && paid.audit() == audit.id().number()
          && paid.auditor().equals(auditor)) {
        return paid.amount();
      }
    }
    return -1;
  }

  /// Whether the audited work was paid, or will be when its round settles.
  boolean isPaid(Audit audit) {
    return Jobs.unsettled(world.state(), id, audit.serial())
        .map(round -> round.stages().get(audit.slot().stage()).payable())
        .orElseGet(() ->
            world.entries(id).stream()
                .anyMatch(entry ->
                    entry.event() instanceof JobEvent.Paid paid
                        && paid.stage() == audit.slot().stage()
                        && paid.round() == audit.round()));
  }

  /// Every kind of call, as one account may say it about one audit.
  static List<WorkCall> everything(Audit audit, int account, Verdict verdict) {
    return everything(audit.id(), account, verdict);
  }

  static List<WorkCall> everything(AuditId audit, int account, Verdict verdict) {
    Address self = World.address(account);
    AuditReveal reveal = new AuditReveal(audit, self, verdict, ANSWER, Specs.hash("salt"));
    return List.of(
        new AuditCommit(audit, self, reveal.commitment()),
        reveal,
        new DataChallenge(audit, self),
        new DataAnswer(audit, self, BUNDLE),
        new Concede(audit),
        new Appeal(audit),
        new VerdictVote(audit, self, verdict, ANSWER),
        move(audit, self, 0, STATEMENT),
        move(audit, self, 1, new Move.Contradict(ANSWER)),
        new DisputeFinding(audit, self, ANSWER));
  }

  private static DisputeMove move(AuditId audit, Address self, int number, Move move) {
    return new DisputeMove(audit, self, number, Writer.encode(move::write));
  }
}
