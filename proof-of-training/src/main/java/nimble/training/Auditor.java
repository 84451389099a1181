package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;

/// A validator that can audit one stage of one job.
///
/// @param account of the validator
/// @param classCommitment of [nimble.chain.AuditCall.AuditorJoin]
/// @param numericClass empty until it opened the commitment: drawn are those that did
public record Auditor(Address account, Hash classCommitment, Optional<Hash> numericClass) {
  Auditor open(Hash digest) {
    return new Auditor(account, classCommitment, Optional.of(digest));
  }

  void write(Writer writer) {
    account.write(writer);
    classCommitment.write(writer);
    writer.optional(numericClass, Hash::write);
  }

  static Auditor read(Reader reader) throws Malformed {
    return new Auditor(Address.read(reader), Hash.read(reader), reader.optional(Hash::read));
  }
}
