package nimble.ledger;

import static nimble.ledger.LedgerTest.reason;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.StakeCall.StakeRemove;
import nimble.chain.StakeCall.Unjail;
import nimble.chain.StakeCall.ValidatorExit;
import nimble.chain.StakeCall.ValidatorRegister;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.ledger.Registration.Standing;
import nimble.types.Address;
import nimble.types.PublicKey;
import nimble.types.VoteKey;
import org.junit.jupiter.api.Test;

/// Who stands for election (L24).
final class ValidatorCallsTest {
  private static final People NEW = People.DEVELOPER;
  private final TestChain chain = TestChain.create();

  private void nextEpoch() {
    chain.beginEpoch();
    chain.runEmpty(1);
  }

  private Registration kept(People person) {
    return Validators.get(chain.view(), person.address()).orElseThrow();
  }

  private void register(People person) {
    chain.run(person, new StakeAdd(TestChain.LEAST));
    applied(chain.run(person, RandomCalls.register(person, 50)));
  }

  private static void applied(Receipt receipt) {
    assertTrue(receipt.outcome() instanceof Outcome.Applied, () -> receipt.toString());
  }

  private boolean votes(People person, long epoch) {
    return Validators.stakeIn(Elections.set(chain.view(), epoch), person.address()) > 0;
  }

  @Test
  void l24WhoRegistersIsElectedTwoEpochsLaterAndWhoExitsStaysAsLong() {
    register(NEW);
    nextEpoch();
    assertFalse(votes(NEW, 1));
    assertTrue(votes(NEW, 2));
    nextEpoch();
    assertEquals(TestChain.LEAST, Validators.stake(chain.view(), NEW.address()));
    register(People.FRIEND);
    applied(chain.run(NEW, new ValidatorExit()));
    nextEpoch();
    assertTrue(votes(NEW, 3));
    assertFalse(votes(NEW, 4));
    assertTrue(votes(People.FRIEND, 4));
    assertEquals(Standing.EXITED, kept(NEW).standing());
    assertEquals(NEW.hot().publicKey(), kept(NEW).hotKey(), "what it began, it can finish");
    assertTrue(reason(chain.run(NEW, new ValidatorExit())).contains("does not stand"));
    applied(chain.run(NEW, RandomCalls.register(NEW, 0)));
    assertEquals(Standing.ACTIVE, kept(NEW).standing());
  }

  @Test
  void l24ItTakesTheLeastStake() {
    chain.run(NEW, new StakeAdd(TestChain.LEAST - 1));
    assertEquals(
        "own stake is %d nim-units, it takes %d".formatted(TestChain.LEAST - 1, TestChain.LEAST),
        reason(chain.run(NEW, RandomCalls.register(NEW, 0))));
    chain.run(NEW, new StakeAdd(1));
    applied(chain.run(NEW, RandomCalls.register(NEW, 0)));
  }

  @Test
  void l24KeysAreProvenAndBelongToOneValidator() {
    chain.run(NEW, new StakeAdd(TestChain.LEAST));
    ValidatorRegister good = RandomCalls.register(NEW, 0);
    ValidatorRegister other = RandomCalls.register(People.VALIDATOR, 0);
    assertTrue(
        reason(
                chain.run(
                    NEW, new ValidatorRegister(good.voteKey(), other.proof(), good.hotKey(), 0)))
            .contains("proof of possession"));
    assertTrue(
        reason(
                chain.run(
                    NEW, new ValidatorRegister(other.voteKey(), other.proof(), good.hotKey(), 0)))
            .startsWith("vote key"));
    assertTrue(
        reason(
                chain.run(
                    NEW, new ValidatorRegister(good.voteKey(), good.proof(), other.hotKey(), 0)))
            .startsWith("hot key"));
    assertTrue(Validators.get(chain.view(), NEW.address()).isEmpty());
  }

  @Test
  void l24AReplacedKeyIsFreeAndTheSetKeepsTheOldOne() {
    register(NEW);
    nextEpoch();
    ValidatorRegister fresh = RandomCalls.register(People.POOR, 10);
    applied(chain.run(NEW, fresh));
    assertEquals(NEW.hot().publicKey(), Elections.set(chain.view(), 2).get(1).hotKey());
    assertEquals(10, kept(NEW).commissionPermille());
    chain.run(People.FRIEND, new StakeAdd(TestChain.LEAST));
    applied(chain.run(People.FRIEND, RandomCalls.register(NEW, 0)));
    nextEpoch();
    assertEquals(fresh.hotKey(), Elections.set(chain.view(), 3).get(1).hotKey());
  }

  @Test
  void l24BeyondTheBoundTheOneWithTheLeastStakeGivesWay() {
    chain.run(NEW, new StakeAdd(TestChain.LEAST));
    Overlay state = new Overlay(chain.view());
    List<Address> standing =
        IntStream.range(1, Validators.REGISTERED_MAX)
            .mapToObj(i -> stand(state, i, TestChain.LEAST + i - 3))
            .toList();
    ValidatorRegister call = RandomCalls.register(NEW, 0);
    assertTrue(
        ValidatorCalls.register(state, chain.next(), NEW.address(), call)
            instanceof Outcome.Applied);
    assertFalse(Validators.addresses(state).contains(standing.get(0)));
    assertTrue(Validators.addresses(state).contains(standing.get(1)));
    assertEquals(Validators.REGISTERED_MAX, Validators.addresses(state).size());
    Accounts.change(state, NEW.address(), account -> account.addStake(5));
    standing.forEach(it -> Accounts.change(state, it, account -> account.addStake(5)));
    Accounts.change(state, People.FRIEND.address(), account -> account.addStake(TestChain.LEAST));
    ValidatorRegister late = RandomCalls.register(People.FRIEND, 0);
    assertTrue(
        ValidatorCalls.register(state, chain.next(), People.FRIEND.address(), late)
            instanceof Outcome.Rejected);
  }

  private static Address stand(Overlay state, int index, long stake) {
    Bytes seed = Hashing.of("stands", Bytes.ofU64(index)).bytes();
    Address address = new Address(seed.slice(0, Address.SIZE));
    Accounts.change(state, address, account -> account.addStake(stake));
    VoteKey voteKey = new VoteKey(Bytes.concat(seed, seed.slice(0, 16)));
    Validators.put(state, address, Registration.of(new PublicKey(seed), voteKey, 0));
    return address;
  }

  /// An epoch with so many views, on which everybody voted; of NEW so many votes are counted.
  private void epoch(int views, int signed) {
    for (int view = 1; view <= views; view++) {
      boolean all = view <= signed;
      List<Address> voters =
          Elections.present(chain.view()).validators().stream()
              .map(ValidatorSet.Validator::account)
              .filter(it -> all || !it.equals(NEW.address()))
              .toList();
      chain.votes = List.of(new ViewVotes(view, voters, 700));
      chain.runEmpty(1);
    }
    chain.votes = List.of();
    nextEpoch();
  }

  /// Six vote: one of them can be spared.
  private void startVoting() {
    People.ALL.subList(1, 6).forEach(this::register);
    nextEpoch();
    nextEpoch();
    assertTrue(votes(NEW, 2));
  }

  @Test
  void l24WhoIsCountedInATenthIsNotJailed() {
    startVoting();
    epoch(20, 2);
    assertEquals(Standing.ACTIVE, kept(NEW).standing());
  }

  @Test
  void l24FewViewsTellNothing() {
    startVoting();
    epoch((int) Jail.VIEWS_MIN - 1, 0);
    assertEquals(Standing.ACTIVE, kept(NEW).standing());
  }

  @Test
  void l24WhoIsSilentIsJailedForAnEpochAndLosesNothing() {
    startVoting();
    epoch(20, 1);
    assertEquals(Standing.JAILED, kept(NEW).standing());
    assertEquals(TestChain.LEAST, chain.account(NEW).stake());
    assertTrue(votes(NEW, 3), "elected before");
    assertFalse(votes(NEW, 4));
    assertEquals("jailed until epoch 4, this is 3", reason(chain.run(NEW, new Unjail())));
    applied(chain.run(NEW, RandomCalls.register(NEW, 1)));
    assertEquals(Standing.JAILED, kept(NEW).standing(), "registering again is no way out");
    nextEpoch();
    applied(chain.run(NEW, new Unjail()));
    assertTrue(reason(chain.run(NEW, new Unjail())).contains("is not jailed"));
    nextEpoch();
    assertTrue(votes(NEW, 6));
  }

  @Test
  void l24AJailOutlastsAnExit() {
    startVoting();
    epoch(20, 1);
    applied(chain.run(NEW, new ValidatorExit()));
    applied(chain.run(NEW, RandomCalls.register(NEW, 0)));
    assertEquals(Standing.JAILED, kept(NEW).standing());
    assertEquals("jailed until epoch 4, this is 3", reason(chain.run(NEW, new Unjail())));
    nextEpoch();
    assertFalse(votes(NEW, 5));
  }

  @Test
  void l24WhoTakesItsStakeIsNotElected() {
    startVoting();
    chain.run(NEW, new StakeRemove(1));
    nextEpoch();
    assertFalse(votes(NEW, 4));
    assertEquals(Standing.ACTIVE, kept(NEW).standing());
  }
}
