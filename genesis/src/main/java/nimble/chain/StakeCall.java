package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.PublicKey;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;

/// Calls about NIM that votes.
public sealed interface StakeCall extends Call {
  /// Moves `amount` from the balance into the sender's own stake.
  record StakeAdd(long amount) implements StakeCall {
    public StakeAdd {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(0x10).i64(amount);
    }
  }

  /// Takes `amount` from bond and stake, free parts first, into unbonding.
  record StakeRemove(long amount) implements StakeCall {
    public StakeRemove {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(0x11).i64(amount);
    }
  }

  /// Makes the sender stand for election, or replaces what it registered.
  ///
  /// @param proof of possession of the vote key
  /// @param hotKey identity of its node
  /// @param commissionPermille of what its delegators' stake earns, for itself
  record ValidatorRegister(
      VoteKey voteKey, VoteSignature proof, PublicKey hotKey, int commissionPermille)
      implements StakeCall {
    public static final int COMMISSION_MAX = 200;

    public ValidatorRegister {
      Invariant.check(
          commissionPermille >= 0 && commissionPermille <= COMMISSION_MAX,
          "commission of %d permille",
          commissionPermille);
    }

    @Override
    public void write(Writer writer) {
      voteKey.write(writer.u8(0x12));
      proof.write(writer);
      hotKey.write(writer);
      writer.u16(commissionPermille);
    }

    private static ValidatorRegister read(Reader reader) throws Malformed {
      VoteKey voteKey = VoteKey.read(reader);
      VoteSignature proof = VoteSignature.read(reader);
      PublicKey hotKey = PublicKey.read(reader);
      int commission = reader.u16();
      if (commission > COMMISSION_MAX) {
        throw new Malformed("commission of %d permille".formatted(commission));
      }
      return new ValidatorRegister(voteKey, proof, hotKey, commission);
    }
  }

  /// The sender stands for election no more; it votes on to the end of the next epoch.
  record ValidatorExit() implements StakeCall {
    @Override
    public void write(Writer writer) {
      writer.u8(0x13);
    }
  }

  /// The sender, jailed for its silence, stands for election again.
  record Unjail() implements StakeCall {
    @Override
    public void write(Writer writer) {
      writer.u8(0x14);
    }
  }

  /// Moves `amount` from the balance into stake that votes with `validator`. Pays out what the
  /// delegation earned so far.
  record Delegate(Address validator, long amount) implements StakeCall {
    public Delegate {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      validator.write(writer.u8(0x15));
      writer.i64(amount);
    }
  }

  /// Takes `amount` of what the sender delegated into unbonding; 0 only pays out what the
  /// delegation earned so far, as every other amount does, too.
  record Undelegate(Address validator, long amount) implements StakeCall {
    public Undelegate {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      validator.write(writer.u8(0x16));
      writer.i64(amount);
    }
  }

  /// Two signed votes of one validator that contradict each other, as consensus encodes them.
  record Evidence(Bytes first, Bytes second) implements StakeCall {
    /// Canonical bytes of a signed vote are fewer.
    public static final int VOTE_MAX = 256;

    @Override
    public void write(Writer writer) {
      writer.u8(0x17).bytes(first, VOTE_MAX).bytes(second, VOTE_MAX);
    }
  }

  static StakeCall read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 0x10 -> new StakeAdd(reader.i64());
      case 0x11 -> new StakeRemove(reader.i64());
      case 0x12 -> ValidatorRegister.read(reader);
      case 0x13 -> new ValidatorExit();
      case 0x14 -> new Unjail();
      case 0x15 -> new Delegate(Address.read(reader), reader.i64());
      case 0x16 -> new Undelegate(Address.read(reader), reader.i64());
      case 0x17 -> new Evidence(reader.bytes(Evidence.VOTE_MAX), reader.bytes(Evidence.VOTE_MAX));
      default -> throw Call.unknown(tag);
    };
  }
}
