package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.PublicKey;

/// Calls of a miner's account.
public sealed interface MinerCall extends Call {
  /// Makes the sender a miner, or replaces what it registered: `hotKey` signs its work calls and is
  /// its node's identity, `validator` is whom its work speaks for, `endpoint` is `host:port`, or
  /// empty when it cannot be dialled.
  record MinerRegister(PublicKey hotKey, Address validator, String displayName, String endpoint)
      implements MinerCall {
    public static final int NAME_MAX = 64;
    public static final int ENDPOINT_MAX = 128;

    @Override
    public void write(Writer writer) {
      hotKey.write(writer.u8(0x20));
      validator.write(writer);
      writer.string(displayName, NAME_MAX).string(endpoint, ENDPOINT_MAX);
    }
  }

  /// Offers hardware. One offer stands per miner; a new one replaces it.
  ///
  /// @param operationsPerSecond declared speed: floating-point operations of a stage program
  /// @param pricePerHour nim-units for an hour of this device at that speed
  record OfferPut(
      Device device,
      String deviceName,
      long memoryBytes,
      long operationsPerSecond,
      long pricePerHour)
      implements MinerCall {
    public static final int NAME_MAX = 64;

    public OfferPut {
      Invariant.check(memoryBytes >= 0, "memory %d", memoryBytes);
      Invariant.check(operationsPerSecond > 0, "speed %d", operationsPerSecond);
      Invariant.check(pricePerHour >= 0, "price %d", pricePerHour);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(0x21).u8(device.tag()).string(deviceName, NAME_MAX);
      writer.i64(memoryBytes).i64(operationsPerSecond).i64(pricePerHour);
    }

    private static OfferPut read(Reader reader) throws Malformed {
      Device device = Device.of(reader.u8());
      String name = reader.string(NAME_MAX);
      long memory = reader.i64();
      long speed = reader.i64();
      if (speed == 0) {
        throw new Malformed("declared speed is 0");
      }
      return new OfferPut(device, name, memory, speed, reader.i64());
    }
  }

  /// Takes the sender's offer back; stages it holds stay its own.
  record OfferWithdraw() implements MinerCall {
    @Override
    public void write(Writer writer) {
      writer.u8(0x22);
    }
  }

  /// Moves `amount` from the balance into the bond.
  record BondAdd(long amount) implements MinerCall {
    public BondAdd {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(0x23).i64(amount);
    }
  }

  /// Takes `amount` of the free bond into unbonding.
  record BondRemove(long amount) implements MinerCall {
    public BondRemove {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(0x24).i64(amount);
    }
  }

  static MinerCall read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 0x20 ->
          new MinerRegister(
              PublicKey.read(reader),
              Address.read(reader),
              reader.string(MinerRegister.NAME_MAX),
              reader.string(MinerRegister.ENDPOINT_MAX));
      case 0x21 -> OfferPut.read(reader);
      case 0x22 -> new OfferWithdraw();
      case 0x23 -> new BondAdd(reader.i64());
      case 0x24 -> new BondRemove(reader.i64());
      default -> throw Call.unknown(tag);
    };
  }
}
