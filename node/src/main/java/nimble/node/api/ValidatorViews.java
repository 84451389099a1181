package nimble.node.api;

import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import nimble.api.v1.CandidateView;
import nimble.api.v1.ValidatorStatus;
import nimble.api.v1.ValidatorView;
import nimble.chain.Block;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.ledger.Account;
import nimble.ledger.Accounts;
import nimble.ledger.Delegations;
import nimble.ledger.Elections;
import nimble.ledger.LeaderWeights;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.Punishment;
import nimble.ledger.Punishments;
import nimble.ledger.Registration;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.node.chain.FinalizedChain;
import nimble.types.Address;

/// Validators, in the API's words.
final class ValidatorViews {
  private static final int BLOCKS_MAX = 100;

  private final ApiParts parts;
  private final FinalizedChain.Still chain;

  ValidatorViews(ApiParts parts, FinalizedChain.Still chain) {
    this.parts = parts;
    this.chain = chain;
  }

  nimble.api.v1.Validators all() {
    StateView state = chain.state();
    long epoch = MoneyEpoch.of(state).number();
    ValidatorSet set = Elections.set(state, epoch);
    nimble.api.v1.Validators.Builder view = nimble.api.v1.Validators.newBuilder().setEpoch(epoch);
    IntStream.range(0, set.size()).forEach(i -> view.addValidators(validator(set, i)));
    Validators.registered(state)
        .forEach(it -> view.addCandidates(candidate(state, it.address(), it.registration())));
    return view.build();
  }

  private ValidatorView validator(ValidatorSet set, int index) {
    ValidatorSet.Validator validator = set.get(index);
    return ValidatorView.newBuilder()
        .setIndex(index)
        .setAddress(parts.show(validator.account()))
        .setHotKey(validator.hotKey().toString())
        .setVoteKey(validator.voteKey().toString())
        .setStake(validator.stake())
        .setLeaderWeight(validator.leaderWeight())
        .build();
  }

  private CandidateView candidate(StateView state, Address address, Registration registered) {
    long epoch = MoneyEpoch.of(state).number();
    return CandidateView.newBuilder()
        .setAddress(parts.show(address))
        .setHotKey(registered.hotKey().toString())
        .setVoteKey(registered.voteKey().toString())
        .setStake(Accounts.get(state, address).stake())
        .setDelegated(Delegations.pool(state, address).stake())
        .setCommissionPermille(registered.commissionPermille())
        .setStanding(registered.standing().name())
        .setJailedUntil(registered.jailedUntil())
        .setVotesNow(indexOf(Elections.set(state, epoch), address).isPresent())
        .setVotesNext(indexOf(Elections.set(state, epoch + 1), address).isPresent())
        .setSlashedPermille(Punishments.of(state, address).map(Punishment::permille).orElse(0L))
        .build();
  }

  /// Counts what stands in the newest blocks: it is the same on every node.
  ValidatorStatus status(Address address) {
    StateView state = chain.state();
    Registration registered =
        Validators.get(state, address)
            .orElseThrow(() -> Refused.absent("%s is no validator".formatted(parts.show(address))));
    long epoch = MoneyEpoch.of(state).number();
    ValidatorSet set = Elections.set(state, epoch);
    Account account = Accounts.get(state, address);
    ValidatorStatus.Builder view =
        ValidatorStatus.newBuilder()
            .setCandidate(candidate(state, address, registered))
            .setEpoch(epoch)
            .setTotalStake(sum(set, ValidatorSet.Validator::stake))
            .setTotalLeaderWeight(sum(set, ValidatorSet.Validator::leaderWeight))
            .setBalance(account.balance())
            .setUnbonding(account.unbonding())
            .setVesting(account.vesting());
    LeaderWeights.of(state).stream()
        .flatMap(newest -> newest.weights().stream())
        .filter(weight -> weight.validator().equals(address))
        .forEach(weight -> view.setEarnedLeaderWeight(weight.weight()).setWorkFees(weight.fees()));
    indexOf(set, address).ifPresent(index -> view.setValidator(validator(set, index)));
    long newest = chain.height();
    TreeMap<Long, OptionalInt> seats = new TreeMap<>();
    for (long height = newest; height > Math.max(0, newest - BLOCKS_MAX); height--) {
      chain
          .block(height)
          .ifPresent(block ->
              seats
                  .computeIfAbsent(block.header().epoch(), it -> seat(it, address))
                  .ifPresent(seat -> count(block, seat, view)));
    }
    return view.build();
  }

  /// Its index in an epoch in which it validated.
  private OptionalInt seat(long epoch, Address address) {
    return chain
        .epoch(epoch)
        .map(start -> indexOf(start.set(), address))
        .orElse(OptionalInt.empty());
  }

  private static OptionalInt indexOf(ValidatorSet set, Address address) {
    return IntStream.range(0, set.size())
        .filter(i -> set.get(i).account().equals(address))
        .findFirst();
  }

  private static long sum(ValidatorSet set, ToLongFunction<ValidatorSet.Validator> part) {
    return set.validators().stream().mapToLong(part).reduce(0, Math::addExact);
  }

  private static void count(Block block, int index, ValidatorStatus.Builder view) {
    view.setBlocks(view.getBlocks() + 1);
    if (block.header().proposer() == index) {
      view.setBlocksLed(view.getBlocksLed() + 1);
    }
    for (Bytes votes : block.body().votes()) {
      view.setVotesCarried(view.getVotesCarried() + 1);
      if (signed(votes, index)) {
        view.setVotesSigned(view.getVotesSigned() + 1);
      }
    }
  }

  /// What stands in a final block was checked before it was voted for.
  private static boolean signed(Bytes votes, int index) {
    try {
      return Reader.decode(votes, Certificate::read).signers().contains(index);
    } catch (Malformed e) {
      return false;
    }
  }
}
