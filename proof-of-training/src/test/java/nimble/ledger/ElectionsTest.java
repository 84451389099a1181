package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.Address;
import nimble.types.PublicKey;
import nimble.types.VoteKey;
import org.junit.jupiter.api.Test;

/// Who votes, and from when on.
final class ElectionsTest {
  private static final long MIN = TestChain.create().parameters.consensus().validatorStakeMin();
  private final TestChain chain = TestChain.create();

  private void nextEpoch() {
    chain.beginEpoch();
    chain.runEmpty(1);
  }

  private static List<Address> members(ValidatorSet set) {
    return set.validators().stream().map(ValidatorSet.Validator::account).toList();
  }

  /// Another that stands for election, with `stake` in its account.
  private static Address stand(Overlay state, int index, long stake) {
    Bytes seed = Hashing.of("stands", Bytes.ofU64(index)).bytes();
    Address address = new Address(seed.slice(0, Address.SIZE));
    Accounts.change(state, address, account -> account.addStake(stake));
    Validators.put(
        state,
        address,
        Registration.of(
            new PublicKey(seed), new VoteKey(Bytes.concat(seed, seed.slice(0, 16))), 0));
    return address;
  }

  private ValidatorSet elect(Overlay state) {
    chain.beginEpoch();
    Emission.begin(state, chain.next());
    return Elections.set(state, MoneyEpoch.of(state).number() + 1);
  }

  @Test
  void l21StakeOfAnEpochVotesTwoEpochsLater() {
    long more = 5;
    chain.run(People.VALIDATOR, new StakeAdd(more));
    assertEquals(TestChain.STAKE, Validators.totalStake(chain.view()));
    nextEpoch();
    assertEquals(TestChain.STAKE, Validators.totalStake(chain.view()), "epoch 1 is genesis's");
    assertEquals(
        TestChain.STAKE + more,
        Elections.set(chain.view(), 2).get(0).stake(),
        "known an epoch ahead");
    nextEpoch();
    assertEquals(TestChain.STAKE + more, Validators.totalStake(chain.view()));
  }

  @Test
  void l21TheHundredWithTheMostStakeAreElectedInTheOrderOfRegistration() {
    Overlay state = new Overlay(chain.view());
    List<Address> standing =
        IntStream.range(0, 150).mapToObj(i -> stand(state, i, MIN + i * 37 % 150)).toList();
    ValidatorSet set = elect(state);
    assertEquals(ValidatorSet.VALIDATORS_MAX, set.size());
    List<Address> expected =
        standing.stream()
            .filter(address -> Accounts.get(state, address).stake() >= MIN + 51)
            .toList();
    assertEquals(99, expected.size());
    assertEquals(expected, members(set).subList(1, 100));
    assertEquals(People.VALIDATOR.address(), set.get(0).account());
  }

  @Test
  void l21WhoHasLessThanTheLeastStakeIsNotElected() {
    Overlay state = new Overlay(chain.view());
    Address enough = stand(state, 1, MIN);
    stand(state, 2, MIN - 1);
    assertEquals(List.of(People.VALIDATOR.address(), enough), members(elect(state)));
  }

  @Test
  void l21WhenTooFewRemainTheLastSetStays() {
    Overlay state = new Overlay(chain.view());
    List<Address> all = IntStream.range(0, 5).mapToObj(i -> stand(state, i, MIN)).toList();
    ValidatorSet six = elect(state);
    assertEquals(6, six.size());
    Elections.put(state, 1, six);
    Elections.put(state, 2, six);
    leave(state, all.get(0));
    leave(state, all.get(1));
    Overlay smaller = new Overlay(state);
    assertEquals(4, elect(smaller).size(), "four bear one fault");
    leave(state, all.get(2));
    assertEquals(six, elect(state));
    assertEquals(
        six.size(), LeaderWeights.of(state).orElseThrow().weights().size(), "and so do its turns");
  }

  private static void leave(Overlay state, Address address) {
    Registration kept = Validators.get(state, address).orElseThrow();
    Validators.put(state, address, kept.with(Registration.Standing.EXITED));
  }

  @Test
  void l21WhoIsJailedIsNotElected() {
    Overlay state = new Overlay(chain.view());
    Address jailed = stand(state, 1, MIN);
    Registration kept = Validators.get(state, jailed).orElseThrow();
    Validators.put(state, jailed, kept.jailed(3));
    assertTrue(Validators.addresses(state).contains(jailed));
    assertEquals(List.of(People.VALIDATOR.address()), members(elect(state)));
  }

  @Test
  void l21SetsAreKeptForOneUnbondingPeriod() {
    for (int epoch = 0; epoch < 4; epoch++) {
      nextEpoch();
      assertTrue(Elections.find(chain.view(), epoch).isPresent(), "just ended");
      assertEquals(Optional.of(chain.epoch().started()), Elections.ended(chain.view(), epoch));
      assertTrue(Elections.find(chain.view(), epoch + 2).isPresent());
    }
    chain.runEmpty(20);
    nextEpoch();
    assertTrue(Elections.find(chain.view(), 1).isEmpty());
    assertTrue(Elections.find(chain.view(), 2).isPresent(), "two are forgotten in an epoch");
    nextEpoch();
    assertTrue(Elections.find(chain.view(), 2).isEmpty());
    assertTrue(Elections.find(chain.view(), 4).isPresent());
  }

  @Test
  void l22VotesWeighByTheSetOfTheEpochWhateverHappensToTheStake() {
    Overlay state = new Overlay(chain.view());
    Stakes.forfeit(state, People.VALIDATOR.address(), TestChain.STAKE - 1);
    assertEquals(TestChain.STAKE, Validators.stake(state, People.VALIDATOR.address()));
    assertEquals(1, Validators.backing(state, People.VALIDATOR.address()));
    assertEquals(0, Validators.stake(state, People.MINER.address()));
  }
}
