package nimble.chain;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What an account asks of the chain. Tags: 0x01 money, 0x10 stake, 0x20 miner, 0x30 job, 0x40
/// model.
public sealed interface Call permits MoneyCall, StakeCall, MinerCall, JobCall, ModelCall {
  /// Writes the tag and the fields.
  void write(Writer writer);

  static Call read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag & 0xf0) {
      case 0x00 -> MoneyCall.read(tag, reader);
      case 0x10 -> StakeCall.read(tag, reader);
      case 0x20 -> MinerCall.read(tag, reader);
      case 0x30 -> JobCall.read(tag, reader);
      case 0x40 -> ModelCall.read(tag, reader);
      default -> throw unknown(tag);
    };
  }

  static Malformed unknown(int tag) {
    return new Malformed("unknown call 0x%02x".formatted(tag));
  }
}
