package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.types.Address;

/// Adds up a whole state by walking every key of it, and holds the sums, queues and indexes that
/// the ledger keeps against what it finds.
public record Audit(
    SortedMap<Bytes, Bytes> state,
    TreeMap<Address, Account> accounts,
    TreeMap<Address, Long> locked,
    TreeMap<Address, Long> targets,
    TreeMap<Address, Long> unbonding,
    TreeMap<Address, Long> vesting,
    TreeMap<Address, Income> incomes,
    TreeMap<Bytes, Long> stagePay,
    TreeMap<Bytes, Long> stageEntries,
    TreeMap<Address, Long> shares,
    TreeMap<Address, Long> owed,
    List<DelegationPool> pools,
    List<Offer> offers,
    List<Escrow> escrows) {

  public static Audit of(SortedMap<Bytes, Bytes> state) {
    Audit audit =
        new Audit(
            state,
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    state.forEach((key, value) -> {
      try {
        audit.add(key, value);
      } catch (Malformed e) {
        throw new AssertionError("state at " + key, e);
      }
    });
    return audit;
  }

  private void add(Bytes key, Bytes value) throws Malformed {
    switch (key.at(0)) {
      case Keys.ACCOUNT ->
          accounts.put(new Address(key.slice(1, key.size())), Reader.decode(value, Account::read));
      case Keys.BOND_LOCK -> {
        BondLock lock = Reader.decode(value, BondLock::read);
        locked.merge(lock.miner(), lock.amount(), Math::addExact);
        targets.merge(lock.miner(), lock.target(), Math::addExact);
      }
      case Keys.QUEUE_ITEM -> {
        Maturity item = Reader.decode(value, Maturity::read);
        if (item.stage().isPresent()) {
          stageEntries.merge(stageKey(item), item.amount(), Math::addExact);
        } else {
          (key.at(1) == 2 ? vesting : unbonding).merge(item.owner(), item.amount(), Math::addExact);
        }
      }
      case Keys.STAGE_VESTING -> {
        long unvested = Reader.decode(value, StageVesting::read).unvested();
        stagePay.put(key, unvested);
        if (unvested > 0) {
          vesting.merge(new Address(key.slice(11, key.size())), unvested, Math::addExact);
        }
      }
      case Keys.INCOME ->
          incomes.put(new Address(key.slice(1, key.size())), Reader.decode(value, Income::read));
      case Keys.DELEGATION -> {
        Address validator = new Address(key.slice(1, 1 + Address.SIZE));
        Delegation delegation = Reader.decode(value, Delegation::read);
        StateView view = at -> Optional.ofNullable(state.get(at));
        shares.merge(validator, delegation.shares(), Math::addExact);
        owed.merge(validator, Delegations.pool(view, validator).earned(delegation), Math::addExact);
        Address delegator = new Address(key.slice(1 + Address.SIZE, key.size()));
        assertTrue(
            Delegations.of(view, delegator).stream()
                .anyMatch(position -> position.validator().equals(validator)),
            "every delegation is listed (L23)");
      }
      case Keys.DELEGATION_POOL -> {
        DelegationPool pool = Reader.decode(value, DelegationPool::read);
        Address validator = new Address(key.slice(1, key.size()));
        pools.add(pool);
        shares.merge(validator, -pool.shares(), Math::addExact);
        owed.merge(validator, -pool.rewards(), Math::addExact);
      }
      case Keys.OFFER -> offers.add(Reader.decode(value, Offer::read));
      case Keys.ESCROW -> escrows.add(Reader.decode(value, Escrow::read));
      default -> {
        // Holds no money.
      }
    }
  }

  private static Bytes stageKey(Maturity item) {
    return Bytes.concat(
        Keys.of(Keys.STAGE_VESTING, item.stage().orElseThrow()), item.owner().bytes());
  }

  public void check(long cap) {
    StateView view = key -> Optional.ofNullable(state.get(key));
    Supply kept = Supply.of(view);
    Supply walked = Supply.NONE.addRewardPool(kept.rewardPool()).addBurned(kept.burned());
    for (Account account : accounts.values()) {
      walked = walked.replace(Account.EMPTY, account);
    }
    for (Escrow escrow : escrows) {
      walked = walked.addEscrows(escrow.total());
    }
    for (DelegationPool pool : pools) {
      walked = walked.addDelegations(pool.stake(), pool.rewards());
    }
    for (Offer offer : offers) {
      walked = walked.addDeposits(offer.deposit());
    }
    assertEquals(walked, kept, "sums kept in state");
    assertEquals(cap, walked.total(), "supply cap (L1)");
    shares.forEach((validator, missing) -> assertEquals(0, missing, "shares of " + validator));
    owed.forEach(
        (validator, more) -> assertTrue(more <= 0, "rewards are there for all delegators (L23)"));
    accounts.forEach((address, account) -> {
      assertEquals(locked.getOrDefault(address, 0L), account.locked(), "locks");
      assertEquals(targets.getOrDefault(address, 0L), account.bondTarget(), "targets");
      assertEquals(unbonding.getOrDefault(address, 0L), account.unbonding(), "unbonding");
      assertEquals(vesting.getOrDefault(address, 0L), account.vesting(), "vesting");
    });
    stagePay.forEach((stage, unvested) ->
        assertTrue(
            unvested <= stageEntries.getOrDefault(stage, 0L), "unvested pay is queued (L9)"));
    assertTrue(accounts.keySet().containsAll(vesting.keySet()), "nobody else is owed anything");
    incomes.forEach((address, income) ->
        assertEquals(
            income.paid() - income.vested() - income.lost(),
            Accounts.get(view, address).vesting(),
            "income (L20)"));
    assertTrue(incomes.keySet().containsAll(vesting.keySet()), "all that vests was earned (L20)");
    checkFees(view);
    checkValidators(view);
    checkOffers(view);
  }

  private static void checkFees(StateView view) {
    MoneyEpoch epoch = MoneyEpoch.of(view);
    long fees = 0;
    for (long index = 0; index < epoch.earners(); index++) {
      Earner earner = WorkFees.at(view, epoch.number(), index);
      assertEquals(
          Optional.of(earner), WorkFees.of(view, epoch.number(), earner.slot(), earner.miner()));
      fees += earner.fee();
    }
    assertEquals(fees, epoch.fees(), "fees by earner (L8)");
  }

  private void checkValidators(StateView view) {
    List<Address> listed = Validators.addresses(view);
    for (Map.Entry<Bytes, Bytes> entry : state.entrySet()) {
      if (entry.getKey().at(0) == Keys.VALIDATOR) {
        Address address = new Address(entry.getKey().slice(1, entry.getKey().size()));
        Registration kept = Validators.get(view, address).orElseThrow();
        assertEquals(kept.stands(), listed.contains(address), "who stands is listed (L22)");
        assertEquals(Optional.of(address), Validators.byHotKey(view, kept.hotKey()));
        assertEquals(Optional.of(address), Validators.byVoteKey(view, kept.voteKey()));
      }
    }
    long running = MoneyEpoch.of(view).number();
    long sets = state.keySet().stream().filter(key -> key.at(0) == Keys.ELECTED).count();
    assertTrue(sets >= 2 && sets <= Elections.KEPT_MAX + 2, "sets of epochs (L21)");
    assertEquals(Elections.present(view), Elections.set(view, running));
    Elections.set(view, running + 1);
  }

  private void checkOffers(StateView view) {
    List<OfferIndex.Entry> expected = offers.stream().map(Offers::entry).sorted().toList();
    assertEquals(expected, OfferIndex.first(view, Integer.MAX_VALUE), "offers in order (L11)");
    offers.forEach(offer -> {
      Miner miner = Miners.get(view, offer.miner()).orElseThrow();
      assertEquals(Optional.of(offer.miner()), Miners.byHotKey(view, miner.hotKey()));
    });
  }
}
