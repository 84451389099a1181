package nimble.training;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.dispute.Dispute;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Hash;

/// A dispute in state: the game, and what validators say of the exact parts when that is asked.
public record OpenDispute(Dispute game, List<Finding> findings) {
  /// @param subject over the exact parts of the disputed step
  public record Finding(Address validator, Hash subject) {
    private void write(Writer writer) {
      validator.write(writer);
      subject.write(writer);
    }

    private static Finding read(Reader reader) throws Malformed {
      return new Finding(Address.read(reader), Hash.read(reader));
    }
  }

  public OpenDispute {
    findings = List.copyOf(findings);
  }

  static OpenDispute of(Dispute game) {
    return new OpenDispute(game, List.of());
  }

  public boolean hasFound(Address validator) {
    return findings.stream().anyMatch(finding -> finding.validator().equals(validator));
  }

  OpenDispute find(Address validator, Hash subject) {
    List<Finding> all = new ArrayList<>(findings);
    all.add(new Finding(validator, subject));
    return new OpenDispute(game, all);
  }

  void write(Writer writer) {
    game.write(writer);
    writer.list(findings, Limits.VALIDATORS_MAX, Finding::write);
  }

  static OpenDispute read(Reader reader) throws Malformed {
    return new OpenDispute(Dispute.read(reader), reader.list(Limits.VALIDATORS_MAX, Finding::read));
  }
}
