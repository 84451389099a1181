package nimble.node.signing;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Vote;

/// The last votes that a key has signed, one of each kind, all of one epoch: what decides about the
/// next one.
public record SigningHistory(
    long epoch, Optional<Vote> notarized, Optional<Vote> nullified, Optional<Vote> finalized) {
  public static final SigningHistory NONE =
      new SigningHistory(0, Optional.empty(), Optional.empty(), Optional.empty());

  private static final int VERSION = 1;

  /// About one vote.
  public enum Verdict {
    SIGN,
    /// Perhaps no contradiction, but too old to know (H1 to H4).
    STALE,
    /// Whoever signed the last one must not sign this.
    CONFLICT
  }

  public Verdict judge(Vote vote) {
    if (vote.epoch() != epoch) {
      return vote.epoch() > epoch ? Verdict.SIGN : Verdict.STALE;
    }
    Optional<Vote> same = last(vote.kind());
    if (same.equals(Optional.of(vote))) {
      return Verdict.SIGN;
    }
    return switch (vote.kind()) {
      case NOTARIZE -> worse(after(same, vote, true), after(nullified, vote, false));
      case NULLIFY -> worse(after(same, vote, true), after(finalized, vote, true));
      case FINALIZE -> worse(after(same, vote, true), after(nullified, vote, true));
    };
  }

  /// @param excludes whether both in one view are a contradiction
  private static Verdict after(Optional<Vote> last, Vote vote, boolean excludes) {
    if (last.isEmpty() || vote.view() > last.get().view()) {
      return Verdict.SIGN;
    }
    return excludes && vote.view() == last.get().view() ? Verdict.CONFLICT : Verdict.STALE;
  }

  private static Verdict worse(Verdict one, Verdict other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private Optional<Vote> last(Vote.Kind kind) {
    return switch (kind) {
      case NOTARIZE -> notarized;
      case NULLIFY -> nullified;
      case FINALIZE -> finalized;
    };
  }

  /// With this vote as the newest of its kind, wherever it is newer than what is known.
  public SigningHistory with(Vote vote) {
    if (vote.epoch() != epoch) {
      return vote.epoch() < epoch
          ? this
          : new SigningHistory(vote.epoch(), Optional.empty(), Optional.empty(), Optional.empty())
              .with(vote);
    }
    if (last(vote.kind()).filter(last -> last.view() >= vote.view()).isPresent()) {
      return this;
    }
    Optional<Vote> newest = Optional.of(vote);
    return switch (vote.kind()) {
      case NOTARIZE -> new SigningHistory(epoch, newest, nullified, finalized);
      case NULLIFY -> new SigningHistory(epoch, notarized, newest, finalized);
      case FINALIZE -> new SigningHistory(epoch, notarized, nullified, newest);
    };
  }

  /// Whatever either would refuse: for one key used in two places, one after the other.
  public SigningHistory with(SigningHistory other) {
    SigningHistory both = other.epoch > epoch ? other : this;
    SigningHistory older = other.epoch > epoch ? this : other;
    for (Vote vote : older.votes()) {
      both = both.with(vote);
    }
    return both;
  }

  public List<Vote> votes() {
    return Stream.of(notarized, nullified, finalized).flatMap(Optional::stream).toList();
  }

  /// Whether whoever has it knows what the key did before (H7).
  public boolean isMemory() {
    return epoch > 0 || finalized.isPresent();
  }

  public Bytes encode() {
    return Writer.encode(writer -> {
      writer.u8(VERSION).i64(epoch);
      writer.list(votes(), Vote.Kind.values().length, Vote::write);
    });
  }

  public static SigningHistory decode(Bytes bytes) throws Malformed {
    SigningHistory decoded = read(bytes);
    if (!decoded.encode().equals(bytes)) {
      throw new Malformed("votes are not in the order of their kinds");
    }
    return decoded;
  }

  private static SigningHistory read(Bytes bytes) throws Malformed {
    return Reader.decode(
        bytes,
        reader -> {
          reader.version(VERSION);
          SigningHistory history =
              new SigningHistory(
                  reader.i64(), Optional.empty(), Optional.empty(), Optional.empty());
          for (Vote vote : reader.list(Vote.Kind.values().length, Vote::read)) {
            if (vote.epoch() != history.epoch || history.last(vote.kind()).isPresent()) {
              throw new Malformed("%s has no place in the history".formatted(vote));
            }
            history = history.with(vote);
          }
          return history;
        });
  }
}
