package nimble.ledger;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.PublicKey;
import nimble.types.VoteKey;

/// A registered validator (L22).
///
/// @param hotKey identity of its node
/// @param commissionPermille of what its delegators' stake earns, for itself
/// @param jailedUntil the first epoch in which it may unjail itself, whether it has left meanwhile
///   or not; 0 when it is not jailed
public record Registration(
    PublicKey hotKey,
    VoteKey voteKey,
    int commissionPermille,
    Standing standing,
    long jailedUntil) {

  /// Whether it stands for election.
  public enum Standing {
    ACTIVE(0),
    /// Was silent; stands again after [nimble.chain.StakeCall.Unjail].
    JAILED(1),
    /// Left; may register again.
    EXITED(2),
    /// Signed twice; never again.
    EXPELLED(3);

    private final int tag;

    Standing(int tag) {
      this.tag = tag;
    }

    private static Standing of(int tag) throws Malformed {
      return switch (tag) {
        case 0 -> ACTIVE;
        case 1 -> JAILED;
        case 2 -> EXITED;
        case 3 -> EXPELLED;
        default -> throw new Malformed("standing %d".formatted(tag));
      };
    }
  }

  public Registration {
    Invariant.check(
        commissionPermille >= 0 && jailedUntil >= 0, "%d, %d", commissionPermille, jailedUntil);
  }

  static Registration of(PublicKey hotKey, VoteKey voteKey, int commissionPermille) {
    return new Registration(hotKey, voteKey, commissionPermille, Standing.ACTIVE, 0);
  }

  /// Whether it can be elected.
  public boolean mayVote() {
    return standing == Standing.ACTIVE;
  }

  /// Whether it has a place among those that stand for election, now or after its jail.
  boolean stands() {
    return standing == Standing.ACTIVE || standing == Standing.JAILED;
  }

  Registration with(Standing next) {
    return new Registration(hotKey, voteKey, commissionPermille, next, 0);
  }

  /// A jail outlasts it.
  Registration exited() {
    return new Registration(hotKey, voteKey, commissionPermille, Standing.EXITED, jailedUntil);
  }

  Registration jailed(long until) {
    return new Registration(hotKey, voteKey, commissionPermille, Standing.JAILED, until);
  }

  void write(Writer writer) {
    hotKey.write(writer);
    voteKey.write(writer);
    writer.u16(commissionPermille).u8(standing.tag).i64(jailedUntil);
  }

  static Registration read(Reader reader) throws Malformed {
    return new Registration(
        PublicKey.read(reader),
        VoteKey.read(reader),
        reader.u16(),
        Standing.of(reader.u8()),
        reader.i64());
  }
}
