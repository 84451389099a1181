package nimble.training;

import static nimble.chain.Verdict.DEVIATES;
import static nimble.chain.Verdict.REJECTED;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.AuditId;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.genesis.ClassParameters;
import nimble.genesis.Parameters;
import nimble.ledger.BlockContext;
import nimble.ledger.Overlay;
import nimble.training.Answers.Said;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.vm.audit.Projection;
import org.junit.jupiter.api.Test;

/// Which classes serve (J40), who audits across them (J16), and what their answers come to (J17).
final class ClassesTest {
  private static final long PRICE = 100_000_000;
  private static final int BEACONS = 300;
  private static final Hash OTHER = Specs.hash("another class");
  private static final Parameters THREE = parameters(3);

  /// As in genesis: so many validators, with a tenth of all stake.
  private static Parameters parameters(int validators) {
    Parameters audited = Panel.PARAMETERS;
    return audited.with(audited.training().with(ClassParameters.of(validators, 100)));
  }

  private static long[] stakes(long... nim) {
    long[] stakes = nim.clone();
    for (int i = 0; i < stakes.length; i++) {
      stakes[i] *= World.NIM;
    }
    return stakes;
  }

  /// A job whose validators show what `shows` says of each, on every stage.
  private record Cast(World world, JobId id, Panel panel) {
    static Cast of(Parameters parameters, long[] stakes, JobSpec spec, IntFunction<Hash> shows) {
      World world = new World(parameters, stakes, PRICE, PRICE, PRICE);
      JobId id = world.submit(spec);
      Cast cast = new Cast(world, id, new Panel(world, id));
      List<WorkCall> joins = new ArrayList<>();
      List<WorkCall> opens = new ArrayList<>();
      for (int stage = 0; stage < 3; stage++) {
        for (int i = 0; i < world.validators.size(); i++) {
          int account = world.validators.get(i);
          Hash digest = shows.apply(i).equals(Hash.ZERO) ? World.digest(stage) : shows.apply(i);
          joins.add(cast.panel.join(stage, account, digest));
          opens.add(new AuditorOpen(World.slot(id, stage), World.address(account), digest));
        }
      }
      world.work(joins.toArray(WorkCall[]::new));
      for (int stage = 0; stage < 3; stage++) {
        world.work(world.accept(id, stage));
      }
      for (int stage = 0; stage < 3; stage++) {
        world.work(world.open(id, stage));
      }
      world.work(opens.toArray(WorkCall[]::new));
      return cast;
    }

    JobState state() {
      return world.job(id).state();
    }

    String reasonInTheEnd() {
      world.idle(16);
      assertEquals(JobState.EXPIRED, state());
      return world.job(id).status().reason();
    }
  }

  /// The first ones show the miner's class, the others another.
  private static IntFunction<Hash> first(int alike) {
    return i -> i < alike ? Hash.ZERO : OTHER;
  }

  private static final long[] EQUAL = stakes(1_000, 1_000, 1_000, 1_000);

  @Test
  void j40EnoughValidatorsServeAClass() {
    JobSpec spec = Specs.spec(25);
    assertEquals(JobState.RUNNING, Cast.of(THREE, EQUAL, spec, first(3)).state());
    assertEquals(
        "stage 0: class %s is not served: shown by 2 validators with 500 permille of stake, of 3 with 100 permille; such a job must say classes: any"
            .formatted(World.digest(0).toString().substring(0, 8)),
        Cast.of(THREE, EQUAL, spec, first(2)).reasonInTheEnd());
  }

  @Test
  void j40NotWithoutStake() {
    long[] thin = stakes(1_000, 1_000, 1_000, 40_000);
    String reason = Cast.of(THREE, thin, Specs.spec(25), first(3)).reasonInTheEnd();
    assertTrue(reason.contains("shown by 3 validators with 69 permille"), reason);
    long[] enough = stakes(1_000, 1_000, 1_000, 27_000);
    assertEquals(JobState.RUNNING, Cast.of(THREE, enough, Specs.spec(25), first(3)).state());
  }

  /// A tenth of all stake may be more than the sixteen have that joined first.
  @Test
  void j40WhereAllPlacesAreTakenHalfOfThemWillDo() {
    long[] many = new long[20];
    Arrays.fill(many, 1_000 * World.NIM);
    many[19] = 1_000_000 * World.NIM;
    World world = new World(THREE, many, PRICE, PRICE, PRICE);
    JobId id = world.submit(Specs.spec(25));
    Overlay state = new Overlay(world.state());
    for (int alike : new int[] {7, 8, 16}) {
      List<Auditor> joined = new ArrayList<>();
      for (int i = 0; i < Limits.AUDITORS_MAX; i++) {
        Address account = World.address(world.validators.get(i));
        Hash shown = i < alike ? World.digest(0) : OTHER;
        joined.add(new Auditor(account, Hash.ZERO, Optional.of(shown)));
      }
      Jobs.putAuditors(state, World.slot(id, 0), joined);
      ClassParameters p = THREE.training().classes();
      boolean served = Classes.isServed(state, World.slot(id, 0), World.digest(0), p);
      assertEquals(alike >= 8, served, alike + " of sixteen");
      Jobs.putAuditors(state, World.slot(id, 0), joined.subList(0, 15));
      assertFalse(Classes.isServed(state, World.slot(id, 0), World.digest(0), p));
    }
  }

  @Test
  void j15AnyClassWillDoWhereTheJobSaysSo() {
    JobSpec any = Specs.spec(25).withAnyClass();
    Cast cast = Cast.of(THREE, EQUAL, any, first(0));
    assertEquals(JobState.RUNNING, cast.state());
    cast.world.round(cast.id);
    assertEquals(1, cast.world.job(cast.id).progress().round());
    assertTrue(Cast.of(THREE, EQUAL, Specs.spec(25), first(0)).reasonInTheEnd().contains("any"));
  }

  private static Turn turn(Cast cast, Overlay state, Parameters p, long blocks, Hash beacon) {
    Moment now = cast.world.now();
    Moment then = new Moment(now.timeMillis() + 1_000 * blocks, now.height() + blocks);
    Address leader = World.address(World.VALIDATOR);
    var context = new BlockContext(p, new ChainId("test"), then, 0, leader, beacon);
    return Turn.of(state, context, cast.id);
  }

  private static List<Audit> drawn(Cast cast, Parameters p) {
    cast.world.round(cast.id);
    List<Audit> all = new ArrayList<>();
    for (int i = 0; i < BEACONS; i++) {
      Overlay attempt = new Overlay(cast.world.state());
      Draws.draw(turn(cast, attempt, p, 3, Specs.hash("try " + i)));
      for (long number : Jobs.openAudits(attempt, cast.id)) {
        Audit audit = Jobs.audit(attempt, new AuditId(cast.id, number)).orElseThrow();
        assertEquals(
            classes(attempt, audit).size() > 1, Auditors.isMixed(attempt, audit), audit::toString);
        all.add(audit);
      }
    }
    return all;
  }

  private static Set<Hash> classes(Overlay state, Audit audit) {
    Set<Hash> classes = new TreeSet<>();
    for (AuditSeat seat : audit.seats()) {
      classes.add(Auditors.classOf(state, audit.slot(), seat.auditor()).orElseThrow());
    }
    for (Address reserve : audit.reserve()) {
      classes.add(Auditors.classOf(state, audit.slot(), reserve).orElseThrow());
    }
    return classes;
  }

  @Test
  void j16OneAuditOfTenIsHeardInAnotherClassThatServes() {
    Parameters two = parameters(2);
    Cast cast = Cast.of(two, EQUAL, Specs.spec(25), first(2));
    List<Audit> all = drawn(cast, two);
    long crossed = all.stream().filter(audit -> audit.seats().size() == 3).count();
    double expected = all.size() / 10.0;
    assertTrue(Math.abs(crossed - expected) < 4 * Math.sqrt(expected), crossed + " of " + all);
    for (Audit audit : all) {
      for (int i = 0; i < audit.seats().size(); i++) {
        Hash shown =
            Auditors.classOf(cast.world.state(), audit.slot(), audit.seats().get(i).auditor())
                .orElseThrow();
        assertEquals(i == 2, shown.equals(OTHER));
      }
    }
  }

  @Test
  void j16NobodyOfAClassThatIsNotServedSits() {
    Cast cast = Cast.of(THREE, EQUAL, Specs.spec(25), first(3));
    assertTrue(drawn(cast, THREE).stream().allMatch(audit -> audit.seats().size() == 2));
  }

  @Test
  void j16WithAnyClassTwoOfAnySit() {
    Cast cast = Cast.of(THREE, EQUAL, Specs.spec(25).withAnyClass(), first(2));
    List<Audit> all = drawn(cast, THREE);
    assertTrue(all.stream().allMatch(audit -> audit.seats().size() == 2));
    Set<List<Boolean>> pairs = new HashSet<>();
    for (Audit audit : all) {
      pairs.add(
          audit.seats().stream()
              .map(seat ->
                  Auditors.classOf(cast.world.state(), audit.slot(), seat.auditor())
                      .equals(Optional.of(OTHER)))
              .toList());
    }
    assertEquals(4, pairs.size());
  }

  /// Stake leaves, and comes back.
  @Test
  void j15AJobThatLosesItsAuditorsPausesAndGoesOnWithThem() {
    Cast cast = Cast.of(THREE, EQUAL, Specs.spec(25), first(3));
    cast.world.round(cast.id);
    Overlay state = new Overlay(cast.world.state());
    List<Auditor> all = Jobs.auditors(state, World.slot(cast.id, 1));
    Jobs.putAuditors(state, World.slot(cast.id, 1), all.subList(0, 2));
    Turn turn = turn(cast, state, THREE, 3, Hash.ZERO);
    Draws.draw(turn);
    assertEquals(JobState.PAUSED, turn.job().state());
    assertTrue(turn.job().status().reason().contains("is not served"));
    RoundCommit commit = cast.world.commit(cast.id, 0);
    turn.save();
    TrainingRules rules = new TrainingRules(THREE.training());
    assertTrue(rules.signerOf(state, commit).isEmpty(), "no round without auditors");
    Acceptance.resumeAudited(turn);
    assertEquals(JobState.PAUSED, turn.job().state());
    Jobs.putAuditors(state, World.slot(cast.id, 1), all);
    Acceptance.resumeAudited(turn);
    assertEquals(JobState.RUNNING, turn.job().state());
    turn.save();
    assertTrue(rules.signerOf(state, commit).isPresent());
  }

  private static Projection projection(int of) {
    byte[] bytes = new byte[Projection.SIZE];
    bytes[2] = (byte) 0x80;
    bytes[3] = 0x3f; // 1, and then a little more.
    bytes[0] = (byte) of;
    return new Projection(Bytes.wrap(bytes));
  }

  private static AuditSeat seat(Address auditor, Verdict verdict, int hash, int projection) {
    return AuditSeat.of(auditor)
        .reveal(verdict, Specs.hash("answer " + hash), Optional.of(projection(projection)));
  }

  /// Two of the miner's class and one of another, each with every verdict, answer and projection.
  @Test
  void j17TheTableAcrossClasses() {
    Parameters two = parameters(2);
    Cast cast = Cast.of(two, EQUAL, Specs.spec(25), first(2));
    Audit three =
        drawn(cast, two).stream().filter(it -> it.seats().size() == 3).findFirst().orElseThrow();
    List<Address> who = three.seats().stream().map(AuditSeat::auditor).toList();
    for (Verdict one : Verdict.values()) {
      for (Verdict other : Verdict.values()) {
        for (Verdict another : Verdict.values()) {
          for (int way = 0; way < 4; way++) {
            boolean sameHash = (way & 1) == 0;
            boolean near = (way & 2) == 0;
            // 16 units in the last place of 1 are 1.9e-6, 17 are more than the tolerance.
            Audit audit =
                three
                    .with(seat(who.get(0), one, 0, 0))
                    .with(seat(who.get(1), other, sameHash ? 0 : 1, 0))
                    .with(seat(who.get(2), another, 2, near ? 16 : 17));
            Said expected =
                !sameHash || !near || another != UPHELD || one != other || one == REJECTED
                    ? Said.DIFFERENT
                    : one == DEVIATES ? Said.DEVIATES : Said.UPHELD;
            assertEquals(expected, said(cast, audit), audit::toString);
          }
        }
      }
    }
  }

  private static Said said(Cast cast, Audit audit) {
    Hash claimed = World.digest(audit.slot().stage());
    return Answers.of(cast.world.state(), audit, claimed, Specs.TOLERANCE);
  }

  @Test
  void j17OneWhoSeesOtherBitsAloneIsNotEnough() {
    Cast cast = Cast.of(THREE, EQUAL, Specs.spec(25).withAnyClass(), first(2));
    Audit mixed =
        drawn(cast, THREE).stream()
            .filter(it ->
                Auditors.classOf(cast.world.state(), it.slot(), it.seats().get(0).auditor())
                    .equals(Optional.of(World.digest(it.slot().stage()))))
            .filter(it ->
                Auditors.classOf(cast.world.state(), it.slot(), it.seats().get(1).auditor())
                    .equals(Optional.of(OTHER)))
            .findFirst()
            .orElseThrow();
    List<Address> who = mixed.seats().stream().map(AuditSeat::auditor).toList();
    Audit doubted =
        mixed.with(seat(who.get(0), DEVIATES, 0, 0)).with(seat(who.get(1), UPHELD, 1, 1));
    assertEquals(Said.DIFFERENT, said(cast, doubted));
    Audit upheld = mixed.with(seat(who.get(0), UPHELD, 0, 0)).with(seat(who.get(1), UPHELD, 1, 1));
    assertEquals(Said.UPHELD, said(cast, upheld));
    assertEquals(Said.UPHELD_ONCE, said(cast, mixed.with(seat(who.get(1), UPHELD, 1, 1))));
    assertEquals(Said.NOTHING, said(cast, mixed));
  }

  @Test
  void j17AProjectionIsTakenWhereClassesMeetAndOnlyThere() {
    Cast cast = Cast.of(THREE, EQUAL, Panel.alwaysAudited(25).withAnyClass(), first(2));
    cast.world.round(cast.id);
    cast.world.idle((int) THREE.training().beaconDelay());
    Audit audit = cast.panel.audits().getFirst();
    assertTrue(Auditors.isMixed(cast.world.state(), audit));
    List<AuditReveal> reveals =
        audit.heard().stream().map(seat -> reveal(audit, seat.auditor(), true)).toList();
    List<AuditReveal> bare =
        audit.heard().stream().map(seat -> reveal(audit, seat.auditor(), false)).toList();
    for (AuditReveal reveal : List.of(reveals.get(0), bare.get(1))) {
      cast.world.work(new AuditCommit(audit.id(), reveal.auditor(), reveal.commitment()));
    }
    assertTrue(cast.world.isOpen(reveals.get(0)));
    assertFalse(cast.world.isOpen(bare.get(0)), "another commitment");
    assertFalse(cast.world.isOpen(bare.get(1)), "no projection");
  }

  private static AuditReveal reveal(Audit audit, Address auditor, boolean projects) {
    return new AuditReveal(
        audit.id(),
        auditor,
        UPHELD,
        Panel.ANSWER,
        Specs.hash("salt"),
        projects ? projection(0).bytes() : Bytes.EMPTY);
  }
}
