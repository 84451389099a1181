package nimble.node.cli.chain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import nimble.api.v1.Metadata;
import nimble.chain.Header;
import nimble.chain.Receipt;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.ledger.Account;
import nimble.ledger.Accounts;
import nimble.light.Checkpoint;
import nimble.light.Inclusion;
import nimble.light.ProofBundle;
import nimble.light.StateClaim;
import nimble.node.api.RecordViews;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.files.Amount;
import nimble.node.files.Json;
import nimble.training.JobRecord;
import nimble.training.Jobs;
import nimble.types.Address;
import nimble.types.JobId;

/// What a verified proof proves, for people and for scripts.
public record Shown(ObjectNode json, Table table) {
  private static final int PREFIX = 1;

  /// Of a bundle that was verified against `known`.
  public static Shown of(ProofBundle bundle, TrustOptions.Known known) throws Malformed {
    Header header = bundle.finality().headers().getFirst();
    Shown shown = new Shown(Json.object(), new Table("PROVEN", ""));
    shown
        .json
        .put("chain", header.chain().value())
        .put("height", header.height().value())
        .put("digest", header.digest().toString())
        .put("checkpoint", Checkpoint.of(header).toString())
        .put("epoch", header.epoch())
        .put("timeMillis", header.timeMillis())
        .put("stateRoot", header.stateRoot().toString())
        .put("epochsFollowed", bundle.steps().size())
        .put("genesisKnown", known.genesis().isPresent())
        .put("trusted", known.words());
    shown
        .table
        .row("chain, epoch", header.chain() + ", " + header.epoch())
        .row("block", header.height() + " of " + Instant.ofEpochMilli(header.timeMillis()))
        .row("digest", header.digest())
        .row("votes of validators", bundle.finality().certificate().signers());
    ArrayNode claims = shown.json.putArray("claims");
    for (StateClaim claim : bundle.claims()) {
      shown.claim(claims.addObject(), claim, claim.valueUnder(header), known.addresses());
    }
    ArrayNode transactions = shown.json.putArray("transactions");
    for (Inclusion inclusion : bundle.inclusions()) {
      shown.inclusion(transactions.addObject(), inclusion);
    }
    return shown;
  }

  private void claim(ObjectNode to, StateClaim claim, Optional<Bytes> value, AddressForm form)
      throws Malformed {
    String hex = value.map(Bytes::toString).orElse("");
    to.put("keyHex", claim.key().toString()).put("present", value.isPresent()).put("valueHex", hex);
    Bytes key = claim.key();
    if (value.isEmpty()) {
      table.row("key", key).row("value", "absent, which is proven");
    } else if (job(key).filter(id -> Jobs.recordKey(id).equals(key)).isPresent()) {
      record(to, job(key).orElseThrow(), Reader.decode(value.get(), JobRecord::read), form);
    } else if (account(key).isPresent()) {
      account(to, account(key).get(), value.get(), form);
    } else {
      table.row("key", key).row("value", hex);
    }
  }

  private static Optional<JobId> job(Bytes key) {
    return key.size() == PREFIX + Long.BYTES && key.u64At(PREFIX) > 0
        ? Optional.of(new JobId(key.u64At(PREFIX)))
        : Optional.empty();
  }

  private static Optional<Address> account(Bytes key) {
    return key.size() == PREFIX + Address.SIZE
        ? Optional.of(new Address(key.slice(PREFIX, key.size())))
            .filter(it -> Accounts.key(it).equals(key))
        : Optional.empty();
  }

  private void record(ObjectNode to, JobId id, JobRecord record, AddressForm form) {
    Metadata metadata = RecordViews.metadata(form, record);
    to.put("job", id.value()).put("state", record.sums().state().name());
    to.set("metadata", Protos.json(metadata));
    record.modelTrained().manifest().ifPresent(it -> to.put("manifest", it.toString()));
    table.row("job", id + ", " + record.sums().state());
    metadata(table, metadata);
  }

  /// Adds what a job's record says of it: the nine fields, by their names.
  public static Table metadata(Table table, Metadata metadata) {
    return table
        .row("dateTime", metadata.getDateTime())
        .row("gpuUsed", String.join("; ", metadata.getGpuUsedList()))
        .row("gpuProvider", String.join("; ", metadata.getGpuProviderList()))
        .row("gpuPricePerHour", Amount.withUnit(metadata.getGpuPricePerHour()))
        .row("modelTrained", metadata.getModelTrained())
        .row("modelParameters", metadata.getModelParameters())
        .row("theme", metadata.getTheme())
        .row("timeTraining", metadata.getTimeTraining())
        .row("senderAddress", metadata.getSenderAddress());
  }

  private void account(ObjectNode to, Address address, Bytes value, AddressForm form) {
    Account account = Accounts.get(_ -> Optional.of(value), address);
    to.put("account", form.show(address))
        .put("balance", Long.toString(account.balance()))
        .put("bond", Long.toString(account.bond()))
        .put("stake", Long.toString(account.stake()))
        .put("nonce", Long.toString(account.nonce()));
    table
        .row("account", form.show(address))
        .row("balance", Amount.withUnit(account.balance()))
        .row(
            "bond, stake",
            Amount.withUnit(account.bond()) + ", " + Amount.withUnit(account.stake()))
        .row("nonce", account.nonce());
  }

  private void inclusion(ObjectNode to, Inclusion inclusion) throws Malformed {
    Transaction transaction = Reader.decode(inclusion.entry(), Transaction::read);
    String outcome =
        switch (inclusion.receipt().outcome()) {
          case Receipt.Outcome.Applied _ -> "applied";
          case Receipt.Outcome.Rejected(String reason) -> "rejected: " + reason;
        };
    String call = transaction.body().call().getClass().getSimpleName();
    to.put("id", Hashing.sha256(inclusion.entry()).toString())
        .put("call", call)
        .put("sender", transaction.body().sender().toString())
        .put("nonce", transaction.body().nonce())
        .put("fee", Long.toString(inclusion.receipt().fee()))
        .put("outcome", outcome);
    table
        .row("transaction", transaction.id())
        .row("call", call)
        .row("sender's key", transaction.body().sender())
        .row("fee", Amount.withUnit(inclusion.receipt().fee()))
        .row("outcome", outcome);
  }
}
