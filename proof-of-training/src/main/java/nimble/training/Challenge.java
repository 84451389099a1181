package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.ValidatorSet;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;

/// The data of an audit that an auditor could not get, and who holds shards of it (J33).
///
/// @param by whom
/// @param parts of all validators when it was challenged, whatever becomes of them
/// @param bundle that more than two thirds of all stake hold: [nimble.blob.Shards#root]
public record Challenge(Address by, List<Part> parts, Optional<Hash> bundle) {
  /// @param stake that counts for it
  /// @param holds the bundle of which it says that it has its shards
  public record Part(Address validator, long stake, Optional<Hash> holds) {
    private void write(Writer writer) {
      validator.write(writer);
      writer.i64(stake).optional(holds, Hash::write);
    }

    private static Part read(Reader reader) throws Malformed {
      return new Part(Address.read(reader), reader.i64(), reader.optional(Hash::read));
    }
  }

  public Challenge {
    parts = List.copyOf(parts);
  }

  static Challenge of(Address by, ValidatorSet set) {
    return new Challenge(
        by,
        set.validators().stream()
            .map(it -> new Part(it.account(), it.stake(), Optional.empty()))
            .toList(),
        Optional.empty());
  }

  public Shares shares() {
    return Shares.of(parts.stream().map(Part::stake).toList());
  }

  /// Whether `validator` may say that it holds its shards, and has not.
  boolean awaits(Address validator) {
    return parts.stream()
        .anyMatch(part -> part.validator().equals(validator) && part.holds().isEmpty());
  }

  /// Those that said so; once a bundle is found, of that one.
  public List<Address> holders() {
    return parts.stream()
        .filter(part -> part.holds().isPresent())
        .filter(part -> bundle.isEmpty() || part.holds().equals(bundle))
        .map(Part::validator)
        .toList();
  }

  public Challenge hold(Address validator, Hash of) {
    List<Part> next = new ArrayList<>();
    for (Part part : parts) {
      next.add(
          part.validator().equals(validator)
              ? new Part(validator, part.stake(), Optional.of(of))
              : part);
    }
    return new Challenge(by, next, isHeld(next, of) ? Optional.of(of) : bundle);
  }

  private static boolean isHeld(List<Part> parts, Hash bundle) {
    long all = parts.stream().mapToLong(Part::stake).reduce(0, Math::addExact);
    long holding =
        parts.stream()
            .filter(part -> part.holds().equals(Optional.of(bundle)))
            .mapToLong(Part::stake)
            .sum();
    return 3 * holding > 2 * all;
  }

  void write(Writer writer) {
    by.write(writer);
    writer.list(parts, ValidatorSet.VALIDATORS_MAX, Part::write).optional(bundle, Hash::write);
  }

  static Challenge read(Reader reader) throws Malformed {
    return new Challenge(
        Address.read(reader),
        reader.list(ValidatorSet.VALIDATORS_MAX, Part::read),
        reader.optional(Hash::read));
  }
}
