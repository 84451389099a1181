package nimble.ledger;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Moment;

/// An amount that waits in a queue until `due`.
///
/// @param stage that earned it; empty when no stage answers for it
/// @param risk for whose votes it answers still; empty when for nobody's
public record Maturity(
    Moment due, Address owner, long amount, Optional<StageSlot> stage, Optional<Risk> risk) {

  /// Stake that voted.
  ///
  /// @param lastEpoch after which it votes no more
  /// @param settled whether it was taken away after its validator was punished, and has paid
  public record Risk(Address validator, long lastEpoch, boolean settled) {
    void write(Writer writer) {
      validator.write(writer);
      writer.i64(lastEpoch).bool(settled);
    }

    static Risk read(Reader reader) throws Malformed {
      return new Risk(Address.read(reader), reader.i64(), reader.bool());
    }
  }

  Maturity until(Moment later) {
    return new Maturity(later, owner, amount, stage, risk);
  }

  void write(Writer writer) {
    due.write(writer);
    owner.write(writer);
    writer.i64(amount).optional(stage, StageSlot::write).optional(risk, Risk::write);
  }

  static Maturity read(Reader reader) throws Malformed {
    return new Maturity(
        Moment.read(reader),
        Address.read(reader),
        reader.i64(),
        reader.optional(StageSlot::read),
        reader.optional(Risk::read));
  }
}
