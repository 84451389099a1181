package nimble.training;

import java.util.Optional;
import nimble.chain.ModelCall.ModelPublish;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;

/// A model that its owner gave a name (S1).
///
/// @param number in the order of publishing, from 1
/// @param pricePer1k nim-units that its owner gets for a thousand tokens
/// @param text blob of its [nimble.vm.text.TextForm]; empty where ids are bytes
public record Model(
    long number,
    String name,
    Address owner,
    Origin origin,
    String licence,
    long pricePer1k,
    Optional<Hash> text,
    Moment published) {

  /// Letters, digits and `. _ / -`, at least one letter first: neither a number nor `job-1`, which
  /// name what a job has trained.
  static boolean isName(String text) {
    return text.matches("[a-z][a-z0-9._/-]{0,%d}".formatted(ModelPublish.NAME_MAX - 1))
        && !text.startsWith("job-");
  }

  void write(Writer writer) {
    owner.write(writer.i64(number).string(name, ModelPublish.NAME_MAX));
    origin.write(writer);
    writer.string(licence, ModelPublish.LICENCE_MAX).i64(pricePer1k);
    published.write(writer.optional(text, Hash::write));
  }

  static Model read(Reader reader) throws Malformed {
    return new Model(
        reader.i64(),
        reader.string(ModelPublish.NAME_MAX),
        Address.read(reader),
        Origin.read(reader),
        reader.string(ModelPublish.LICENCE_MAX),
        reader.i64(),
        reader.optional(Hash::read),
        Moment.read(reader));
  }
}
