package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.matching.Terms;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Hash;

/// One stage of a job and the miner that holds it. Its hot key and endpoint are those of the
/// miner's registration.
///
/// @param classCommitment of [nimble.chain.WorkCall.JobAccept]; empty until it accepted, and while
///   it has to accept again
/// @param numericClass empty until it opened the commitment
/// @param strikes that it got in this job
/// @param lastStrike rounds that were closed when it got the newest
/// @param isOut it got two within [Limits#STRIKE_ROUNDS] rounds
/// @param committed to the current round
/// @param stateRoot after the newest round that all stages committed to; before the first that of
///   what the job goes on from, else empty
/// @param checkpoint the newest recorded of this stage, maybe by who held it before
public record HeldStage(
    Address miner,
    Terms terms,
    Optional<Hash> classCommitment,
    Optional<Hash> numericClass,
    int strikes,
    int lastStrike,
    boolean isOut,
    Optional<RoundRoots> committed,
    Optional<Hash> stateRoot,
    Optional<Checkpoint> checkpoint,
    Earned earned) {

  /// A stage that nobody takes may get one with every checkpoint.
  private static final int STRIKES_SHOWN_MAX = 0xffff;

  static HeldStage of(Address miner, Terms terms) {
    return new HeldStage(
        miner,
        terms,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Earned.NOTHING);
  }

  public boolean hasAccepted() {
    return classCommitment.isPresent();
  }

  HeldStage accept(Hash commitment) {
    return new HeldStage(
        miner,
        terms,
        Optional.of(commitment),
        numericClass,
        strikes,
        lastStrike,
        isOut,
        committed,
        stateRoot,
        checkpoint,
        earned);
  }

  /// Its miner has to accept again.
  HeldStage call() {
    return new HeldStage(
        miner,
        terms,
        Optional.empty(),
        numericClass,
        strikes,
        lastStrike,
        isOut,
        Optional.empty(),
        stateRoot,
        checkpoint,
        earned);
  }

  /// The class that it showed is not the one it computes in: it has to show one again.
  HeldStage disclaim() {
    return new HeldStage(
        miner,
        terms,
        Optional.empty(),
        Optional.empty(),
        strikes,
        lastStrike,
        isOut,
        Optional.empty(),
        stateRoot,
        checkpoint,
        earned);
  }

  HeldStage open(Hash digest) {
    return new HeldStage(
        miner,
        terms,
        classCommitment,
        Optional.of(digest),
        strikes,
        lastStrike,
        isOut,
        committed,
        stateRoot,
        checkpoint,
        earned);
  }

  /// @param closed rounds of the job
  HeldStage strike(int closed) {
    return new HeldStage(
        miner,
        terms,
        classCommitment,
        numericClass,
        Math.min(strikes + 1, STRIKES_SHOWN_MAX),
        closed,
        isOut || (strikes > 0 && closed - lastStrike < Limits.STRIKE_ROUNDS),
        committed,
        stateRoot,
        checkpoint,
        earned);
  }

  HeldStage commit(Optional<RoundRoots> roots) {
    return new HeldStage(
        miner,
        terms,
        classCommitment,
        numericClass,
        strikes,
        lastStrike,
        isOut,
        roots,
        stateRoot,
        checkpoint,
        earned);
  }

  /// The round is closed: what was committed is its state now.
  HeldStage advance() {
    return new HeldStage(
        miner,
        terms,
        classCommitment,
        numericClass,
        strikes,
        lastStrike,
        isOut,
        Optional.empty(),
        committed.map(RoundRoots::stateRootAfter),
        checkpoint,
        earned);
  }

  /// At a resume point again, or at the job's start.
  HeldStage backTo(Optional<Hash> root, Optional<Checkpoint> held) {
    return new HeldStage(
        miner,
        terms,
        classCommitment,
        numericClass,
        strikes,
        lastStrike,
        isOut,
        Optional.empty(),
        root,
        held,
        earned);
  }

  HeldStage record(Checkpoint newest) {
    return new HeldStage(
        miner,
        terms,
        classCommitment,
        numericClass,
        strikes,
        lastStrike,
        isOut,
        committed,
        stateRoot,
        Optional.of(newest),
        earned);
  }

  HeldStage earn(Earned more) {
    return new HeldStage(
        miner,
        terms,
        classCommitment,
        numericClass,
        strikes,
        lastStrike,
        isOut,
        committed,
        stateRoot,
        checkpoint,
        earned.add(more));
  }

  void write(Writer writer) {
    miner.write(writer);
    terms.write(writer);
    writer.optional(classCommitment, Hash::write);
    writer.optional(numericClass, Hash::write);
    writer.u16(strikes).u32(lastStrike).bool(isOut);
    writer.optional(committed, RoundRoots::write);
    writer.optional(stateRoot, Hash::write);
    writer.optional(checkpoint, Checkpoint::write);
    earned.write(writer);
  }

  static HeldStage read(Reader reader) throws Malformed {
    return new HeldStage(
        Address.read(reader),
        Terms.read(reader),
        reader.optional(Hash::read),
        reader.optional(Hash::read),
        reader.u16(),
        reader.length(Integer.MAX_VALUE),
        reader.bool(),
        reader.optional(RoundRoots::read),
        reader.optional(Hash::read),
        reader.optional(Checkpoint::read),
        Earned.read(reader));
  }
}
