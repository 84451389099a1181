package nimble.node.api;

import java.util.Optional;
import nimble.api.v1.AccountView;
import nimble.api.v1.BlockView;
import nimble.api.v1.ChainStatus;
import nimble.api.v1.DelegationView;
import nimble.api.v1.ProofView;
import nimble.api.v1.TransactionView;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.Receipt;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.AddressForm;
import nimble.ledger.Account;
import nimble.ledger.Accounts;
import nimble.ledger.Delegations;
import nimble.ledger.Fees;
import nimble.node.Version;
import nimble.node.chain.FinalizedChain;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// What the chain holds at one moment, in the API's words.
final class ChainViews {
  private final ApiParts parts;
  private final FinalizedChain.Still chain;

  ChainViews(ApiParts parts, FinalizedChain.Still chain) {
    this.parts = parts;
    this.chain = chain;
  }

  ChainStatus status() {
    Header tip = chain.tip();
    return ChainStatus.newBuilder()
        .setChainId(parts.genesis().chain().value())
        .setGenesisHash(parts.genesis().hash().toString())
        .setPrefix(parts.genesis().prefix())
        .setHeight(tip.height().value())
        .setFinalizedHeight(tip.height().value())
        .setDigest(tip.digest().toString())
        .setStateRoot(tip.stateRoot().toString())
        .setTimeMillis(tip.timeMillis())
        .setEpoch(tip.epoch())
        .setView(tip.view())
        .setBaseFee(Fees.baseFee(chain.state()))
        .setPeers(parts.network().peers().size())
        .setNodeId(parts.network().self().toString())
        .setVersion(Version.NUMBER)
        .setGenesis(Wire.to(parts.genesis().encode()))
        .build();
  }

  BlockView block(Block block) {
    Header header = block.header();
    BlockView.Builder view =
        BlockView.newBuilder()
            .setHeight(header.height().value())
            .setDigest(block.digest().toString())
            .setParent(header.parent().toString())
            .setEpoch(header.epoch())
            .setView(header.view())
            .setTimeMillis(header.timeMillis())
            .setProposer(proposer(header))
            .setBeacon(header.beacon().toString())
            .setStateRoot(header.stateRoot().toString())
            .setBlock(Wire.to(block.encode()));
    block.body().transactions().forEach(it -> view.addTransactions(it.id().toString()));
    block.body().workCalls().forEach(it -> view.addWorkCalls(it.id().toString()));
    certificateFrom(header.height().value()).ifPresent(it -> view.setCertificate(Wire.to(it)));
    return view.build();
  }

  private String proposer(Header header) {
    return header.height().value() == 0
        ? ""
        : chain
            .epoch(header.epoch())
            .map(epoch -> parts.show(epoch.set().get(header.proposer()).account()))
            .orElse("");
  }

  /// A block made final as an ancestor has no certificate of its own; one soon after it has.
  private Optional<Bytes> certificateFrom(long height) {
    long last = Math.min(chain.height(), height + ANCESTORS_MAX);
    for (long at = height; at <= last; at++) {
      Optional<Bytes> certificate = chain.certificate(at);
      if (certificate.isPresent()) {
        return certificate;
      }
    }
    return Optional.empty();
  }

  private static final int ANCESTORS_MAX = 64;

  Optional<TransactionView> transaction(Hash id) {
    return chain.transaction(id).flatMap(place -> transaction(id, place));
  }

  private Optional<TransactionView> transaction(Hash id, FinalizedChain.Place place) {
    Optional<Block> block = chain.block(place.height());
    if (block.isEmpty()) {
      return Optional.empty();
    }
    int workCalls = block.get().body().workCalls().size();
    Transaction transaction = block.get().body().transactions().get(place.index() - workCalls);
    Receipt receipt = chain.receipts(place.height()).get(place.index());
    TransactionView.Builder view =
        TransactionView.newBuilder()
            .setId(id.toString())
            .setHeight(place.height())
            .setIndex(place.index())
            .setSender(parts.show(AddressForm.addressOf(transaction.body().sender())))
            .setNonce(transaction.body().nonce())
            .setCall(transaction.body().call().getClass().getSimpleName())
            .setFee(receipt.fee())
            .setTransaction(Wire.to(transaction.encode()));
    return Optional.of(
        switch (receipt.outcome()) {
          case Receipt.Outcome.Applied(Optional<JobId> job) ->
              view.setApplied(true).setJob(job.map(JobId::value).orElse(0L)).build();
          case Receipt.Outcome.Rejected(String reason) -> view.setReason(reason).build();
        });
  }

  AccountView account(Address address) {
    Account account = Accounts.get(chain.state(), address);
    AccountView.Builder view =
        AccountView.newBuilder()
            .setAddress(parts.show(address))
            .setBalance(account.balance())
            .setBond(account.bond())
            .setBondLocked(account.locked())
            .setStake(account.stake())
            .setUnbonding(account.unbonding())
            .setVesting(account.vesting())
            .setNonce(account.nonce());
    for (Delegations.Position position : Delegations.of(chain.state(), address)) {
      view.addDelegations(
          DelegationView.newBuilder()
              .setValidator(parts.show(position.validator()))
              .setWorth(position.worth())
              .setEarned(position.earned()));
    }
    return view.build();
  }

  ProofView proof(String subject, FinalizedChain.Proven proven) {
    return ProofView.newBuilder()
        .setSubject(subject)
        .setKey(Wire.to(proven.key()))
        .setPresent(proven.value().isPresent())
        .setValue(Wire.to(proven.value().orElse(Bytes.EMPTY)))
        .setProof(Wire.to(Writer.encode(proven.proof()::write)))
        .setHeader(Wire.to(proven.header().encode()))
        .setCertificate(Wire.to(proven.certificate()))
        .build();
  }
}
