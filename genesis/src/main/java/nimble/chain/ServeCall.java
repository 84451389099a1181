package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Signature;

/// Work calls about a deployment, whose number stands where a job's does. `attempt` counts who was
/// given the seat before, so that a word about one host is never a word about the next.
public sealed interface ServeCall extends WorkCall.OfJob {
  StageSlot slot();

  int attempt();

  @Override
  default JobId job() {
    return slot().job();
  }

  /// The host has loaded its stage; or answers the gateway's roll call of that number. Signed by
  /// the host.
  ///
  /// @param turn 0 when it has loaded, then the roll call's
  /// @param numericClass that it measured for the stage's replays
  record HostReady(StageSlot slot, int attempt, int turn, Hash numericClass) implements ServeCall {
    public HostReady {
      check(attempt);
      check(turn);
    }

    @Override
    public void write(Writer writer) {
      slot.pack(writer.u8(0x91));
      numericClass.write(writer.u16(attempt).u16(turn));
    }
  }

  /// A replica does not answer its gateway: all its hosts are asked. Signed by the gateway.
  ///
  /// @param slot the first stage of the replica
  /// @param attempt of that seat
  /// @param turn the number of this roll call
  record HostMissing(StageSlot slot, int attempt, int turn) implements ServeCall {
    public HostMissing {
      check(attempt);
      check(turn);
    }

    @Override
    public void write(Writer writer) {
      slot.pack(writer.u8(0x92));
      writer.u16(attempt).u16(turn);
    }
  }

  /// All that a host has served so far, brought and signed by the host: by what its gateway
  /// promised last, and what it will open if it is asked to.
  ///
  /// @param newest stands for all before it
  /// @param gateway signature of the promise
  /// @param root of the Merkle list of the rows since the receipt before this one
  record ServeReceipt(ServePromise newest, Signature gateway, Hash root) implements ServeCall {
    @Override
    public StageSlot slot() {
      return newest.slot();
    }

    @Override
    public int attempt() {
      return newest.attempt();
    }

    /// Positions that went through the stage since the host was given the seat.
    public long tokens() {
      return newest.tokens();
    }

    @Override
    public void write(Writer writer) {
      newest.write(writer.u8(0x93));
      gateway.write(writer);
      root.write(writer);
    }
  }

  static ServeCall read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 0x91 ->
          new HostReady(StageSlot.unpack(reader), reader.u16(), reader.u16(), Hash.read(reader));
      case 0x92 -> new HostMissing(StageSlot.unpack(reader), reader.u16(), reader.u16());
      case 0x93 ->
          new ServeReceipt(ServePromise.read(reader), Signature.read(reader), Hash.read(reader));
      default -> throw Call.unknown(tag);
    };
  }

  private static void check(int number) {
    Invariant.check(number >= 0 && number <= 0xffff, "number %d", number);
  }
}
