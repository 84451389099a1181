package nimble.training;

import java.util.Optional;
import nimble.chain.Verdict;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.vm.audit.Projection;

/// An auditor in one audit, and what it has said.
///
/// @param silent it was late, and is not heard any more
public record AuditSeat(
    Address auditor, Optional<Hash> commitment, Optional<Reveal> reveal, boolean silent) {
  /// @param projection what can be compared across classes, where that is asked for
  public record Reveal(Verdict verdict, Hash answer, Optional<Projection> projection) {
    private void write(Writer writer) {
      answer.write(writer.u8(verdict.tag()));
      writer.optional(projection, (it, to) -> to.raw(it.bytes()));
    }

    private static Reveal read(Reader reader) throws Malformed {
      return new Reveal(
          Verdict.of(reader.u8()),
          Hash.read(reader),
          reader.optional(from -> new Projection(from.fixed(Projection.SIZE))));
    }
  }

  static AuditSeat of(Address auditor) {
    return new AuditSeat(auditor, Optional.empty(), Optional.empty(), false);
  }

  AuditSeat commit(Hash hidden) {
    return new AuditSeat(auditor, Optional.of(hidden), reveal, silent);
  }

  AuditSeat reveal(Verdict verdict, Hash answer, Optional<Projection> projection) {
    Reveal said = new Reveal(verdict, answer, projection);
    return new AuditSeat(auditor, commitment, Optional.of(said), silent);
  }

  AuditSeat fallSilent() {
    return new AuditSeat(auditor, commitment, reveal, true);
  }

  void write(Writer writer) {
    auditor.write(writer);
    writer.optional(commitment, Hash::write).optional(reveal, Reveal::write).bool(silent);
  }

  static AuditSeat read(Reader reader) throws Malformed {
    return new AuditSeat(
        Address.read(reader),
        reader.optional(Hash::read),
        reader.optional(Reveal::read),
        reader.bool());
  }
}
