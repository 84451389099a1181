package nimble.chain;

import java.util.List;
import java.util.OptionalInt;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.types.VoteKey;

/// The validators of one epoch, in the order that indices and bitmaps refer to.
public record ValidatorSet(List<Validator> validators) {
  public static final int VALIDATORS_MAX = 100;

  /// One validator: votes by `stake`, leads by `leaderWeight`.
  public record Validator(
      Address account, PublicKey hotKey, VoteKey voteKey, long stake, long leaderWeight) {
    public Validator {
      Invariant.check(stake > 0 && leaderWeight > 0, "weights %d, %d", stake, leaderWeight);
    }

    void write(Writer writer) {
      account.write(writer);
      hotKey.write(writer);
      voteKey.write(writer);
      writer.i64(stake).i64(leaderWeight);
    }

    static Validator read(Reader reader) throws Malformed {
      Address account = Address.read(reader);
      PublicKey hotKey = PublicKey.read(reader);
      VoteKey voteKey = VoteKey.read(reader);
      long stake = reader.i64();
      long leaderWeight = reader.i64();
      if (stake == 0 || leaderWeight == 0) {
        throw new Malformed("validator without weight");
      }
      return new Validator(account, hotKey, voteKey, stake, leaderWeight);
    }
  }

  public ValidatorSet {
    validators = List.copyOf(validators);
    Invariant.check(
        !validators.isEmpty() && validators.size() <= VALIDATORS_MAX,
        "%d validators",
        validators.size());
  }

  public int size() {
    return validators.size();
  }

  public Validator get(int index) {
    return validators.get(index);
  }

  public OptionalInt indexOf(PublicKey hotKey) {
    for (int i = 0; i < validators.size(); i++) {
      if (validators.get(i).hotKey().equals(hotKey)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /// The leader of a view covers the point `H("leader", seed ‖ view) mod ΣL` in the set's order.
  public int leader(Hash seed, long view) {
    long total = validators.stream().mapToLong(Validator::leaderWeight).reduce(0, Math::addExact);
    Bytes point = Hashing.of("leader", seed.bytes(), Bytes.ofU64(view)).bytes();
    long left = Long.remainderUnsigned(point.u64At(0), total);
    for (int i = 0; i < validators.size(); i++) {
      left -= validators.get(i).leaderWeight();
      if (left < 0) {
        return i;
      }
    }
    throw new IllegalStateException("the point lies below the total");
  }

  public Hash hash() {
    return Hashing.of("validators", Writer.encode(this::write));
  }

  public void write(Writer writer) {
    writer.list(validators, VALIDATORS_MAX, Validator::write);
  }

  public static ValidatorSet read(Reader reader) throws Malformed {
    List<Validator> validators = reader.list(VALIDATORS_MAX, Validator::read);
    if (validators.isEmpty()) {
      throw new Malformed("empty validator set");
    }
    return new ValidatorSet(validators);
  }
}
