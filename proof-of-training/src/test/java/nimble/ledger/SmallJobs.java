package nimble.ledger;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.chain.JobCall;
import nimble.chain.ModelCall;
import nimble.chain.Receipt.Outcome;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// The smallest job rules that move money every way there is: one stage, the cheapest offer's
/// miner, a fixed number of rounds, pay at the end of the block that commits one. A loss says that
/// the commitment is wrong; its attempt says what else befalls the stage.
final class SmallJobs implements JobRules {
  static final int ROUNDS = 3;
  static final long BOND = 1_000;
  static final long TARGET = 5_000;

  /// What a commitment's attempt number asks for.
  static final int HELD = 1;

  static final int RELEASED = 2;
  static final int AUDITED = 3;
  static final int CONCEDED = 4;
  static final int SLASHED = 5;
  static final int FATES = 6;
  static final long FINDER_FEE = 300;
  static final long REPEATED_WORK = 700;

  /// @param round the next commitment; -1 before the acceptance
  record Job(Address sender, Address miner, int round, boolean paysNow) {
    void write(Writer writer) {
      sender.write(writer);
      miner.write(writer);
      writer.u8(round + 1).bool(paysNow);
    }

    static Job read(Reader reader) throws Malformed {
      return new Job(Address.read(reader), Address.read(reader), reader.u8() - 1, reader.bool());
    }

    Job at(int next, boolean pays) {
      return new Job(sender, miner, next, pays);
    }
  }

  static Bytes spec(long budget, long auditPot) {
    return Writer.encode(writer -> writer.i64(budget).i64(auditPot));
  }

  static Optional<Job> job(StateView state, JobId id) {
    return state.read(key(id), Job::read);
  }

  static List<JobId> jobs(StateView state) {
    return state
        .read(Bytes.wrap(new byte[] {(byte) 0x81}), reader -> reader.list(1_000, JobId::read))
        .orElse(List.of());
  }

  @Override
  public Outcome apply(Overlay state, BlockContext context, Address sender, ModelCall call) {
    return new Outcome.Rejected("no models here");
  }

  @Override
  public Outcome apply(Overlay state, BlockContext context, Address sender, JobCall call) {
    return switch (call) {
      case JobCall.JobSubmit(Bytes spec) -> submit(state, context, sender, spec);
      case JobCall.JobTopUp(JobId id, long amount) ->
          job(state, id).isPresent() && Escrows.topUp(state, id, sender, amount)
              ? Calls.APPLIED
              : new Outcome.Rejected("no such job or balance");
      case JobCall.JobCancel(JobId id) -> {
        if (job(state, id).filter(job -> job.sender().equals(sender)).isEmpty()) {
          yield new Outcome.Rejected("no such job of yours");
        }
        close(state, id);
        yield Calls.APPLIED;
      }
    };
  }

  private static Outcome submit(Overlay state, BlockContext context, Address sender, Bytes spec) {
    if (spec.size() != 16) {
      return new Outcome.Rejected("spec of %d bytes".formatted(spec.size()));
    }
    List<JobId> jobs = jobs(state);
    JobId id = new JobId(context.height() * 100 + jobs.size() + 1);
    List<Offer> offers = Offers.cheapest(state, context.height(), 8);
    // Written before it may fail: a rejection must undo it.
    putJobs(state, Stream.concat(jobs.stream(), Stream.of(id)).toList());
    if (spec.u64At(0) < 0 || spec.u64At(8) < 0) {
      return new Outcome.Rejected("negative");
    }
    if (!Escrows.open(state, id, sender, spec.u64At(0), spec.u64At(8))) {
      return new Outcome.Rejected("the balance is less than the budget");
    }
    for (Offer offer : offers) {
      if (Bonds.lock(state, slot(id), offer.miner(), BOND, TARGET)) {
        put(state, id, new Job(sender, offer.miner(), -1, false));
        return new Outcome.Applied(Optional.of(id));
      }
    }
    return new Outcome.Rejected("no miner has bond");
  }

  @Override
  public Slot slot(StateView state, WorkCall.OfJob call) {
    return signer(state, call).<Slot>map(Slot.Open::new).orElse(new Slot.Closed("not awaited"));
  }

  private static Optional<PublicKey> signer(StateView state, WorkCall.OfJob call) {
    Optional<Job> job = job(state, call.job());
    if (job.isEmpty()
        || !(call instanceof WorkCall.OfStage ofStage)
        || !ofStage.slot().equals(slot(call.job()))) {
      return Optional.empty();
    }
    boolean open =
        switch (ofStage) {
          case WorkCall.JobAccept accept -> job.get().round() == -1;
          case WorkCall.RoundCommit commit ->
              commit.round() == job.get().round() && !job.get().paysNow();
          case WorkCall.ClassOpen classOpen -> false;
          case WorkCall.CheckpointRecord checkpoint -> false;
          case WorkCall.CheckpointKept kept -> false;
        };
    return open ? Miners.get(state, job.get().miner()).map(Miner::hotKey) : Optional.empty();
  }

  @Override
  public Optional<String> fill(Overlay state, BlockContext context, WorkCall.OfJob call) {
    JobId id = call.job();
    Job job = job(state, id).orElseThrow();
    if (call instanceof WorkCall.RoundCommit commit) {
      put(state, id, job.at(job.round() + 1, true));
      if (commit.lossBits().isPresent()) {
        return Optional.of("the loss is wrong");
      }
      befall(state, context, id, job.miner(), commit.attempt());
    } else {
      put(state, id, job.at(0, false));
    }
    return Optional.empty();
  }

  private static void befall(
      Overlay state, BlockContext context, JobId id, Address miner, int fate) {
    StageSlot slot = slot(id);
    switch (fate) {
      case HELD -> Vesting.hold(state, slot, miner);
      case RELEASED -> letGo(state, slot, miner);
      case AUDITED -> {
        Escrows.payAudit(state, context, id, People.FRIEND.address(), FINDER_FEE);
        Escrows.charge(state, context, id, Escrows.Part.AUDIT_POT);
        Stakes.forfeit(state, context.proposer(), 1_000);
      }
      case CONCEDED -> Bonds.seize(state, slot, miner, REPEATED_WORK);
      case SLASHED -> {
        List<Address> finders = List.of(People.FRIEND.address(), context.proposer());
        Slashes.take(state, context, slot, miner, REPEATED_WORK, finders, FINDER_FEE);
        close(state, id);
      }
      default -> {
        // A plain round.
      }
    }
  }

  private static void letGo(Overlay state, StageSlot slot, Address miner) {
    while (Vesting.isHeld(state, slot, miner)) {
      Vesting.release(state, slot, miner);
    }
  }

  @Override
  public void endOfBlock(Overlay state, BlockContext context) {
    for (JobId id : jobs(state)) {
      Job job = job(state, id).orElseThrow();
      if (!job.paysNow()) {
        continue;
      }
      long pay = Escrows.get(state, id).orElseThrow().budget() / (ROUNDS + 1);
      Escrows.pay(state, context, slot(id), job.miner(), 0, pay);
      if (job.round() == ROUNDS) {
        close(state, id);
      } else {
        put(state, id, job.at(job.round(), false));
      }
    }
  }

  private static void close(Overlay state, JobId id) {
    Job job = job(state, id).orElseThrow();
    letGo(state, slot(id), job.miner());
    Bonds.unlock(state, slot(id), job.miner());
    Escrows.refund(state, id, job.sender());
    state.remove(key(id));
    putJobs(state, jobs(state).stream().filter(other -> !other.equals(id)).toList());
  }

  static StageSlot slot(JobId id) {
    return new StageSlot(id, 0, 0);
  }

  private static void put(Overlay state, JobId id, Job job) {
    state.write(key(id), job::write);
  }

  private static void putJobs(Overlay state, List<JobId> jobs) {
    state.write(
        Bytes.wrap(new byte[] {(byte) 0x81}), writer -> writer.list(jobs, 1_000, JobId::write));
  }

  private static Bytes key(JobId id) {
    return Bytes.concat(Bytes.wrap(new byte[] {(byte) Keys.RULES}), Bytes.ofU64(id.value()));
  }
}
