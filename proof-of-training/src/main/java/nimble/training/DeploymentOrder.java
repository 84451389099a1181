package nimble.training;

import java.util.Optional;
import nimble.chain.ModelCall.ModelPublish;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// What was fixed when a model was deployed.
///
/// @param model its name
/// @param origin of it, as it was then
/// @param text how the model reads and writes text ([Model])
/// @param payee owner of the model
/// @param royaltyPer1k what the owner gets for a thousand tokens
/// @param sender who pays, and gets the rest back
/// @param gateway whose receipts count
/// @param receiptLeast what a receipt must be worth while the deployment goes on
/// @param maxPricePer1k of all stages of a replica and the owner together
public record DeploymentOrder(
    String model,
    Origin origin,
    Optional<Hash> text,
    Address payee,
    long royaltyPer1k,
    Address sender,
    PublicKey gateway,
    long receiptLeast,
    long maxPricePer1k,
    long untilMillis,
    Moment since) {
  void write(Writer writer) {
    origin.write(writer.string(model, ModelPublish.NAME_MAX));
    payee.write(writer.optional(text, Hash::write));
    sender.write(writer.i64(royaltyPer1k));
    gateway.write(writer);
    writer.i64(receiptLeast).i64(maxPricePer1k).i64(untilMillis);
    since.write(writer);
  }

  static DeploymentOrder read(Reader reader) throws Malformed {
    String model = reader.string(ModelPublish.NAME_MAX);
    Origin origin = Origin.read(reader);
    Optional<Hash> text = reader.optional(Hash::read);
    Address payee = Address.read(reader);
    long royalty = reader.i64();
    return new DeploymentOrder(
        model,
        origin,
        text,
        payee,
        royalty,
        Address.read(reader),
        PublicKey.read(reader),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        Moment.read(reader));
  }
}
