package nimble.ledger;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import nimble.chain.Block.Body;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.ledger.Execution.Invalid;
import nimble.types.ChainId;
import nimble.types.Moment;

/// The state transition: `(state, block) → receipts + writes`.
public final class Ledger {
  private final Rules rules;

  public Ledger(JobRules jobs, SignatureCheck signatures, Offences offences) {
    this.rules = new Rules(jobs, signatures, offences);
  }

  /// The state of block 0, as writes upon nothing. `genesis` must have no [Genesis#errors].
  public static SortedMap<Bytes, Optional<Bytes>> genesisWrites(Genesis genesis) {
    Overlay state = new Overlay(StateView.EMPTY);
    Supply.change(
        state, none -> none.addRewardPool(genesis.rewardPool()).addBurned(genesis.unissued()));
    MoneyEpoch.put(state, MoneyEpoch.at(0, new Moment(genesis.timeMillis(), 0)));
    Fees.putBaseFee(state, genesis.parameters().block().baseFee());
    genesis
        .accounts()
        .forEach(account ->
            Accounts.change(
                state,
                account.address(),
                empty ->
                    empty
                        .addBalance(account.balance())
                        .addBond(account.bond())
                        .addStake(account.stake())));
    genesis
        .validators()
        .forEach(validator ->
            Validators.put(
                state,
                validator.account(),
                Registration.of(validator.hotKey(), validator.voteKey(), 0)));
    Elections.begin(state, genesis);
    return state.writes();
  }

  /// Executes the body of the block of `context` on its parent's state. Pure: the same arguments
  /// give the same result on every node.
  public Execution execute(StateView parent, BlockContext context, Body body) {
    BlockRun run = begin(parent, context, body.votes());
    for (SignedWorkCall work : body.workCalls()) {
      Optional<Refusal> refusal = run.work(work, 0);
      if (refusal.isPresent()) {
        return new Invalid("work call %s: %s".formatted(work.id(), refusal.get().words()));
      }
    }
    for (Transaction transaction : body.transactions()) {
      Optional<Refusal> refusal = run.transaction(transaction);
      if (refusal.isPresent()) {
        return new Invalid("transaction %s: %s".formatted(transaction.id(), refusal.get().words()));
      }
    }
    return run.end();
  }

  /// What two encoded votes prove in a block at `now` on this state (L25).
  public Finding judge(
      StateView state, ChainId chain, Parameters parameters, Moment now, Bytes first, Bytes other) {
    return Finding.of(
        state, chain, parameters.money().unbonding(), now, rules.offences(), first, other);
  }

  /// A block without entries yet; its votes take their bytes first.
  BlockRun begin(StateView parent, BlockContext context, List<Bytes> votes) {
    Body empty = new Body(List.of(), List.of(), votes);
    long taken = Writer.encode(empty::write).size();
    return new BlockRun(rules, parent, context, taken);
  }

  JobRules rules() {
    return rules.jobs();
  }
}
