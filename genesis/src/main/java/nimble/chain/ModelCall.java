package nimble.chain;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// Calls about models.
public sealed interface ModelCall extends Call {
  /// Names a model, and says on what terms others may use it. The same name again, by the same
  /// account, replaces what it said.
  ///
  /// @param name as clients ask for it
  /// @param pricePer1k nim-units that its owner gets for a thousand tokens of a deployment
  /// @param text blob that says how it reads and writes text; empty where ids are bytes
  record ModelPublish(
      ModelSource source, String name, String licence, long pricePer1k, Optional<Hash> text)
      implements ModelCall {
    public static final int NAME_MAX = 64;
    public static final int LICENCE_MAX = 64;

    public ModelPublish {
      Invariant.check(pricePer1k >= 0, "price %d", pricePer1k);
    }

    @Override
    public void write(Writer writer) {
      source.write(writer.u8(0x40));
      writer.string(name, NAME_MAX).string(licence, LICENCE_MAX).i64(pricePer1k);
      writer.optional(text, Hash::write);
    }
  }

  /// Has a published model served by miners.
  ///
  /// @param gateway key of the node that may use it: its receipts are what the escrow pays
  /// @param replicas how often every stage is held
  /// @param maxPricePer1k nim-units for a thousand tokens, all stages and the owner together
  /// @param escrow that pays for it; what is left comes back
  /// @param untilMillis block time at which it ends
  record ModelDeploy(
      String name,
      PublicKey gateway,
      int replicas,
      long maxPricePer1k,
      long escrow,
      long untilMillis)
      implements ModelCall {
    public ModelDeploy {
      Invariant.check(
          replicas >= 0
              && replicas <= 0xff
              && maxPricePer1k >= 0
              && escrow >= 0
              && untilMillis >= 0,
          "%d replicas, price %d, escrow %d, until %d",
          replicas,
          maxPricePer1k,
          escrow,
          untilMillis);
    }

    @Override
    public void write(Writer writer) {
      gateway.write(writer.u8(0x41).string(name, ModelPublish.NAME_MAX));
      writer.u8(replicas).i64(maxPricePer1k).i64(escrow).i64(untilMillis);
    }
  }

  /// Ends a deployment: what was served is paid, the rest comes back.
  record ModelUndeploy(JobId deployment) implements ModelCall {
    @Override
    public void write(Writer writer) {
      deployment.write(writer.u8(0x42));
    }
  }

  static ModelCall read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 0x40 ->
          new ModelPublish(
              ModelSource.read(reader),
              reader.string(ModelPublish.NAME_MAX),
              reader.string(ModelPublish.LICENCE_MAX),
              reader.i64(),
              reader.optional(Hash::read));
      case 0x41 -> {
        String name = reader.string(ModelPublish.NAME_MAX);
        yield new ModelDeploy(
            name, PublicKey.read(reader), reader.u8(), reader.i64(), reader.i64(), reader.i64());
      }
      case 0x42 -> new ModelUndeploy(JobId.read(reader));
      default -> throw Call.unknown(tag);
    };
  }
}
