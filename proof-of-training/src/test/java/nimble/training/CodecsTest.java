package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import nimble.chain.AuditId;
import nimble.chain.Device;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Conformance;
import nimble.sim.Seeds;
import nimble.training.matching.Terms;
import nimble.training.spec.Rounds;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.vm.audit.Projection;
import org.junit.jupiter.api.Test;

/// Every record of the package: what is written is read, other bytes are malformed, and the bytes
/// of a fixed sample stay what they are.
final class CodecsTest {
  private static Moment anyMoment(SplittableRandom random) {
    return new Moment(random.nextLong() >>> 1, random.nextLong() >>> 1);
  }

  private static Address anyAddress(SplittableRandom random) {
    return new Address(Specs.anyBytes(random, Address.SIZE));
  }

  private static OptionalInt anyBits(SplittableRandom random) {
    return random.nextBoolean() ? OptionalInt.of(random.nextInt()) : OptionalInt.empty();
  }

  private static Losses anyLosses(SplittableRandom random) {
    return new Losses(anyBits(random), anyBits(random));
  }

  private static RoundRoots anyRoots(SplittableRandom random) {
    return new RoundRoots(
        Specs.anyHash(random),
        Specs.anyHash(random),
        Specs.anyHash(random),
        Specs.anyHash(random),
        anyLosses(random));
  }

  private static ClosedRound anyRound(SplittableRandom random) {
    return new ClosedRound(
        random.nextInt() >>> 1,
        random.nextInt() >>> 1,
        random.nextInt() >>> 1,
        anyMoment(random),
        anyMoment(random),
        random.nextInt(ClosedRound.DRAWS + 1),
        List.of(anyClosedStage(random), anyClosedStage(random)));
  }

  private static ClosedStage anyClosedStage(SplittableRandom random) {
    return new ClosedStage(
        anyAddress(random),
        Specs.anyHash(random),
        random.nextInt(1_001),
        anyRoots(random),
        maybe(random, Specs.anyHash(random)),
        random.nextLong() >>> 1,
        random.nextLong() >>> 1,
        random.nextBoolean());
  }

  private static Auditor anyAuditor(SplittableRandom random) {
    return new Auditor(
        anyAddress(random), Specs.anyHash(random), maybe(random, Specs.anyHash(random)));
  }

  private static final List<Verdict> VERDICTS = List.of(Verdict.values());

  private static Verdict anyVerdict(SplittableRandom random) {
    return VERDICTS.get(random.nextInt(VERDICTS.size()));
  }

  private static Optional<Projection> anyProjection(SplittableRandom random) {
    byte[] bytes = new byte[Projection.SIZE];
    random.nextBytes(bytes);
    return random.nextBoolean() ? Optional.of(new Projection(Bytes.wrap(bytes))) : Optional.empty();
  }

  private static AuditSeat anySeat(SplittableRandom random) {
    AuditSeat seat = AuditSeat.of(anyAddress(random));
    seat = random.nextBoolean() ? seat.commit(Specs.anyHash(random)) : seat;
    seat =
        random.nextBoolean()
            ? seat.reveal(anyVerdict(random), Specs.anyHash(random), anyProjection(random))
            : seat;
    return random.nextBoolean() ? seat.fallSilent() : seat;
  }

  private static Optional<Challenge> anyChallenge(SplittableRandom random) {
    Optional<Address> by = maybe(random, anyAddress(random));
    Address holder = anyAddress(random);
    long stake = holder.bytes().u64At(0) >>> 1;
    Optional<Hash> holds =
        stake % 2 == 0 ? Optional.of(Specs.hash("bundle " + stake)) : Optional.empty();
    return by.map(it -> challenge(it, holder, stake, holds));
  }

  private static Challenge challenge(Address by, Address holder, long stake, Optional<Hash> holds) {
    return new Challenge(by, List.of(new Challenge.Part(holder, stake, holds)), holds);
  }

  private static Audit anyAudit(SplittableRandom random) {
    Audit.Phase[] phases = Audit.Phase.values();
    JobId job = new JobId(1 + random.nextInt(9));
    return new Audit(
        new AuditId(job, random.nextInt(1_000)),
        new StageSlot(job, random.nextInt(64), 0),
        anyAddress(random),
        random.nextInt() >>> 1,
        random.nextInt() >>> 1,
        random.nextInt(1 << 16),
        random.nextInt() >>> 1,
        Specs.anyHash(random),
        phases[random.nextInt(phases.length)],
        anyMoment(random),
        List.of(anySeat(random), anySeat(random)),
        List.of(anyAddress(random)),
        anyChallenge(random),
        List.of(new Audit.Vote(anyAddress(random), anyVerdict(random), Specs.anyHash(random))),
        new Audit.Contest(random.nextBoolean(), maybe(random, anyAddress(random))));
  }

  private static <T> Optional<T> maybe(SplittableRandom random, T value) {
    return random.nextBoolean() ? Optional.of(value) : Optional.empty();
  }

  private static HeldStage anyStage(SplittableRandom random) {
    Terms terms =
        new Terms(
            random.nextLong() >>> 1,
            Device.GPU,
            "é".repeat(random.nextInt(32)),
            random.nextLong() >>> 1,
            random.nextLong() >>> 1,
            random.nextInt(1_001),
            random.nextLong() >>> 1,
            random.nextLong() >>> 1);
    return new HeldStage(
        anyAddress(random),
        terms,
        maybe(random, Specs.anyHash(random)),
        maybe(random, Specs.anyHash(random)),
        random.nextInt(1 << 16),
        random.nextInt() >>> 1,
        random.nextBoolean(),
        maybe(random, anyRoots(random)),
        maybe(random, Specs.anyHash(random)),
        maybe(random, new Checkpoint(random.nextInt() >>> 1, Specs.anyHash(random))),
        new Earned(random.nextInt() >>> 1, 1, 2, random.nextLong() >>> 1));
  }

  private static Job anyJob(SplittableRandom random) {
    JobState[] states = JobState.values();
    int steps = 1 + random.nextInt(1_000);
    JobProgress progress =
        new JobProgress(
            random.nextInt() >>> 1,
            1,
            2,
            7,
            3,
            random.nextBoolean(),
            4,
            maybe(random, anyMoment(random)),
            maybe(random, anyMoment(random)),
            anyBits(random),
            anyLosses(random));
    MerkleMountainRange events = MerkleMountainRange.EMPTY;
    for (int i = random.nextInt(9); i > 0; i--) {
      events = events.append(Bytes.ofU64(i));
    }
    return new Job(
        new JobId(1 + random.nextInt(9)),
        new JobOrder(
            anyAddress(random),
            Specs.anyHash(random),
            anyMoment(random),
            Specs.anyHash(random),
            anyMoment(random),
            new Rounds(steps % 5, steps, 1 + random.nextInt(steps)),
            Optional.of(start(steps)).filter(_ -> steps % 5 > 0),
            random.nextBoolean()),
        new JobStatus(
            states[random.nextInt(states.length)],
            anyMoment(random),
            anyMoment(random),
            maybe(random, states[random.nextInt(states.length)]),
            "reason"),
        progress,
        List.of(anyStage(random), anyStage(random)),
        List.of(anyAddress(random)),
        new AuditSums(9, 8, 7, 1, 6, 5),
        new Earned(1, 2, 3, 4),
        events);
  }

  private static Start start(int number) {
    Hash hash = Specs.hash("start " + number);
    return new Start(List.of(new Start.Part(hash, Hash.ZERO), new Start.Part(Hash.ZERO, hash)));
  }

  private static List<JobEvent> anyEvents(SplittableRandom random) {
    int n = random.nextInt() >>> 1;
    int stage = random.nextInt(256);
    long amount = random.nextLong() >>> 1;
    Address miner = anyAddress(random);
    return List.of(
        new JobEvent.Submitted(miner, Specs.anyHash(random), amount),
        new JobEvent.Matched(stage, miner, n, amount),
        new JobEvent.Accepted(stage, miner),
        new JobEvent.ClassOpened(stage, Specs.anyHash(random)),
        new JobEvent.Started(n),
        new JobEvent.RoundCommitted(n, Specs.anyHash(random), anyLosses(random)),
        new JobEvent.RoundFailed(n, 1, "ü"),
        new JobEvent.RollCalled(n),
        new JobEvent.Struck(stage, miner, "late"),
        new JobEvent.Paused("late"),
        new JobEvent.Resumed(),
        new JobEvent.CheckpointRecorded(stage, n, Specs.anyHash(random)),
        new JobEvent.RoundSettled(n, anyLosses(random)),
        new JobEvent.Paid(stage, miner, n, amount, 1, 2),
        new JobEvent.ToppedUp(miner, amount),
        new JobEvent.CancelAsked(),
        new JobEvent.Settling(JobState.CANCELLED, ""),
        new JobEvent.Ended(JobState.EXPIRED, amount));
  }

  private static <T> void roundTrip(T value, Bytes encoded, Reader.Decoder<T> decoder) {
    try {
      assertEquals(value, Reader.decode(encoded, decoder));
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
    for (int i = 0; i < encoded.size(); i += 1 + encoded.size() / 40) {
      Bytes cut = encoded.slice(0, i);
      assertThrows(Malformed.class, () -> Reader.decode(cut, decoder));
    }
  }

  @Test
  void whatIsWrittenIsRead() {
    Seeds.forEach(
        100,
        random -> {
          Job job = anyJob(random);
          roundTrip(job, Writer.encode(job::write), Job::read);
          ClosedRound round = anyRound(random);
          roundTrip(round, Writer.encode(round::write), ClosedRound::read);
          Auditor auditor = anyAuditor(random);
          roundTrip(auditor, Writer.encode(auditor::write), Auditor::read);
          Audit audit = anyAudit(random);
          roundTrip(audit, Writer.encode(audit::write), Audit::read);
          for (JobEvent event : anyEvents(random)) {
            JobEntry entry = new JobEntry(new JobId(3), 4, anyMoment(random), event);
            roundTrip(entry, entry.encode(), JobEntry::read);
          }
        });
  }

  @Test
  void j11EntriesOfStrangersAreEntriesOrMalformed() {
    Seeds.forEach(
        2_000,
        random -> {
          List<JobEvent> events = anyEvents(random);
          JobEvent event = events.get(random.nextInt(events.size()));
          byte[] bytes = new JobEntry(new JobId(3), 4, anyMoment(random), event).encode().toArray();
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          Bytes flipped = Bytes.wrap(bytes);
          try {
            assertEquals(flipped, Reader.decode(flipped, JobEntry::read).encode());
          } catch (Malformed e) {
            assertEquals(0, e.getStackTrace().length);
          }
        });
  }

  @Test
  void bytesOfASampleStayWhatTheyAre() {
    SplittableRandom fixed = new SplittableRandom(1);
    Class<?> home = CodecsTest.class;
    Conformance.check(home, "closed-round", anyRound(fixed), ClosedRound::write, ClosedRound::read);
    Conformance.check(home, "auditor", anyAuditor(fixed), Auditor::write, Auditor::read);
    Conformance.check(home, "audit", anyAudit(fixed), Audit::write, Audit::read);
    Address holder = World.address(1);
    Conformance.check(
        home,
        "challenge",
        challenge(World.address(2), holder, 7, Optional.of(Specs.hash("bundle"))),
        Challenge::write,
        Challenge::read);
    Conformance.check(home, "job", anyJob(fixed), Job::write, Job::read);
    for (JobEvent event : anyEvents(fixed)) {
      JobEntry entry = new JobEntry(new JobId(3), 4, new Moment(5, 6), event);
      String name = "job-entry-" + event.getClass().getSimpleName();
      Conformance.check(home, name, entry, JobEntry::write, JobEntry::read);
    }
  }

  @Test
  void reasonsAreCutBetweenCharacters() {
    assertEquals("abc", Text.cut("abc", 3));
    assertEquals("a…", Text.cut("abcde", 4));
    assertEquals("é…", Text.cut("éé😀", 6));
    assertEquals("😀…", Text.cut("😀😀", 7));
  }
}
