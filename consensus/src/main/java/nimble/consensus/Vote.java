package nimble.consensus;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.ChainId;

/// What a validator says about one view. Two votes with equal content are the same vote: it is also
/// the subject that a [Certificate] certifies.
public sealed interface Vote {
  int VERSION = 1;

  /// The explicit tags of the encoding and of the signed bytes. Other things that are signed with a
  /// vote key (the beacon) must never share these bytes.
  enum Kind {
    NOTARIZE(1),
    NULLIFY(2),
    FINALIZE(3);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }

    static Kind of(int tag) throws Malformed {
      return switch (tag) {
        case 1 -> NOTARIZE;
        case 2 -> NULLIFY;
        case 3 -> FINALIZE;
        default -> throw new Malformed("vote kind %d".formatted(tag));
      };
    }
  }

  /// I have verified this proposal and know its ancestry.
  record Notarize(Proposal proposal) implements Vote {}

  /// I have given up on this view, and never finalize in it.
  record Nullify(long epoch, long view) implements Vote {
    public Nullify {
      Invariant.check(
          epoch >= 0 && view >= 1 && view <= Proposal.VIEW_MAX, "epoch %d view %d", epoch, view);
    }
  }

  /// I hold this proposal's notarization and its durable payload, and never nullify its view.
  record Finalize(Proposal proposal) implements Vote {}

  default Kind kind() {
    return switch (this) {
      case Notarize _ -> Kind.NOTARIZE;
      case Nullify _ -> Kind.NULLIFY;
      case Finalize _ -> Kind.FINALIZE;
    };
  }

  default long epoch() {
    return switch (this) {
      case Notarize(Proposal proposal) -> proposal.epoch();
      case Nullify(long epoch, long _) -> epoch;
      case Finalize(Proposal proposal) -> proposal.epoch();
    };
  }

  default long view() {
    return switch (this) {
      case Notarize(Proposal proposal) -> proposal.view();
      case Nullify(long _, long view) -> view;
      case Finalize(Proposal proposal) -> proposal.view();
    };
  }

  /// What is voted for; nothing in a nullify.
  default Optional<Proposal> choice() {
    return switch (this) {
      case Notarize(Proposal proposal) -> Optional.of(proposal);
      case Nullify _ -> Optional.empty();
      case Finalize(Proposal proposal) -> Optional.of(proposal);
    };
  }

  /// The bytes that are signed: chain, epoch, kind, view, then parent view and digest if any.
  default Bytes preimage(ChainId chain) {
    return Writer.encode(writer -> {
      chain.write(writer);
      writer.i64(epoch()).u8(kind().tag).i64(view());
      choice().ifPresent(proposal -> proposal.digest().write(writer.i64(proposal.parentView())));
    });
  }

  default void write(Writer writer) {
    writer.u8(VERSION).u8(kind().tag);
    switch (this) {
      case Notarize(Proposal proposal) -> proposal.write(writer);
      case Nullify(long epoch, long view) -> writer.i64(epoch).i64(view);
      case Finalize(Proposal proposal) -> proposal.write(writer);
    }
  }

  static Vote read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return switch (Kind.of(reader.u8())) {
      case NOTARIZE -> new Notarize(Proposal.read(reader));
      case NULLIFY -> new Nullify(reader.i64(), Proposal.readView(reader));
      case FINALIZE -> new Finalize(Proposal.read(reader));
    };
  }
}
