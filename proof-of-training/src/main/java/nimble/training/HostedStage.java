package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;

/// One seat of a deployment and the miner that hosts it.
///
/// @param attempt how many were given the seat before
/// @param miner empty while nobody is found
/// @param pricePer1k nim-units for a thousand tokens, fixed when it was placed
/// @param operationsPer1k that they are the price of
/// @param memoryBytes that the seat takes
/// @param ready it has loaded the stage
/// @param numericClass that it showed when it had loaded
/// @param called it owes an answer to the roll call `turn`
/// @param due when the answer, or the first word, is late
public record HostedStage(
    int attempt,
    Optional<Address> miner,
    long pricePer1k,
    long operationsPer1k,
    long memoryBytes,
    boolean ready,
    Optional<Hash> numericClass,
    int turn,
    boolean called,
    Moment due,
    Served served) {
  private static final Moment NEVER = new Moment(0, 0);

  static HostedStage vacant(int attempt, int turn) {
    return new HostedStage(
        attempt,
        Optional.empty(),
        0,
        0,
        0,
        false,
        Optional.empty(),
        turn,
        false,
        NEVER,
        Served.NOTHING);
  }

  HostedStage place(Placement.Choice choice, ServeNeed need, Moment loads) {
    return new HostedStage(
        attempt,
        Optional.of(choice.miner()),
        choice.pricePer1k(),
        need.operationsPer1k(),
        need.memoryBytes(),
        false,
        Optional.empty(),
        turn,
        false,
        loads,
        Served.NOTHING);
  }

  /// It loaded, or answered.
  HostedStage here(Hash shown) {
    Optional<Hash> its = Optional.of(numericClass.orElse(shown));
    return with(true, its, turn, false, NEVER, served);
  }

  HostedStage call(int number, Moment answers) {
    return ready
        ? with(true, numericClass, number, true, answers, served)
        : with(false, numericClass, number, false, due, served);
  }

  HostedStage serve(Served more) {
    return with(ready, numericClass, turn, called, due, more);
  }

  boolean isLate(Moment now) {
    return miner.isPresent() && (called || !ready) && due.reachedAt(now);
  }

  /// It can be used.
  public boolean serves() {
    return miner.isPresent() && ready;
  }

  private HostedStage with(
      boolean here, Optional<Hash> shown, int number, boolean asked, Moment until, Served more) {
    return new HostedStage(
        attempt,
        miner,
        pricePer1k,
        operationsPer1k,
        memoryBytes,
        here,
        shown,
        number,
        asked,
        until,
        more);
  }

  void write(Writer writer) {
    writer.u16(attempt).optional(miner, Address::write);
    writer.i64(pricePer1k).i64(operationsPer1k).i64(memoryBytes);
    writer.bool(ready).optional(numericClass, Hash::write).u16(turn).bool(called);
    due.write(writer);
    served.write(writer);
  }

  static HostedStage read(Reader reader) throws Malformed {
    return new HostedStage(
        reader.u16(),
        reader.optional(Address::read),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.bool(),
        reader.optional(Hash::read),
        reader.u16(),
        reader.bool(),
        Moment.read(reader),
        Served.read(reader));
  }
}
