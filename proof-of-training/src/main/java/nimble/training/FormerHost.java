package nimble.training;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// A miner that lost a seat and may have receipts that are not paid yet.
public record FormerHost(
    int stage,
    int replica,
    int attempt,
    Address miner,
    long pricePer1k,
    long operationsPer1k,
    Served served) {
  FormerHost serve(Served more) {
    return new FormerHost(stage, replica, attempt, miner, pricePer1k, operationsPer1k, more);
  }

  void write(Writer writer) {
    miner.write(writer.u8(stage).u8(replica).u16(attempt));
    served.write(writer.i64(pricePer1k).i64(operationsPer1k));
  }

  static FormerHost read(Reader reader) throws Malformed {
    int stage = reader.u8();
    int replica = reader.u8();
    int attempt = reader.u16();
    Address miner = Address.read(reader);
    return new FormerHost(
        stage, replica, attempt, miner, reader.i64(), reader.i64(), Served.read(reader));
  }
}
