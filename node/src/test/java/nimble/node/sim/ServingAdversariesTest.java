package nimble.node.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.Block;
import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelSource;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.ledger.Bonds;
import nimble.ledger.Miners;
import nimble.ledger.StateView;
import nimble.ledger.Vesting;
import nimble.node.Node;
import nimble.node.work.GatewayOwner;
import nimble.training.Batch;
import nimble.training.Deployment;
import nimble.training.Deployments;
import nimble.training.HostAccount;
import nimble.training.Strikes;
import nimble.training.fault.Fault;
import nimble.training.role.serving.GatewayInput;
import nimble.training.role.serving.HostSeats;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.generation.Sampling;
import org.junit.jupiter.api.Test;

/// Whole nodes that deviate in what they serve, in two replicas of one deployment at once (S9 to
/// S12): each is convicted and loses its seat's bond and unvested pay, nobody else does, and who
/// serves honestly is paid.
final class ServingAdversariesTest {
  private static final int MINERS = 6;

  /// By miner: seats go to the cheapest in order, so these have the second and third stage of the
  /// first replica, and the third of the second.
  private static final SortedMap<Integer, Fault> HOSTS =
      new TreeMap<>(
          Map.of(1, Fault.SERVES_EIGHT_BITS, 2, Fault.CHOOSES_TOKENS, 5, Fault.WITHHOLDS_ROWS));

  /// Everything that is brought is audited.
  private static Parameters parameters() {
    Parameters usual = SimParameters.of();
    return usual.with(usual.training().withAuditRates(1_000, 1_000));
  }

  @Test
  void s12EveryHostThatDeviatesIsConvictedAndTheHonestArePaid() {
    Scenario scenario = Scenario.quiet(7, 4, MINERS, 4, 1);
    Tavern tavern = new Tavern();
    new World(scenario, parameters(), HOSTS, _ -> {}).then(tavern).run();
    assertEquals(tavern.miners(HOSTS.keySet()), tavern.convicted);
    assertTrue(tavern.paid.size() >= 2, "paid are %s".formatted(tavern.paid));
  }

  /// Asks one question after another until all that deviate are found.
  private static final class Tavern implements Sequel {
    private static final String NAME = "tests/fox";
    private static final int TOKENS = 24;
    private static final int QUESTIONS_MAX = 200;

    /// So dear that a few rows are worth a receipt.
    private static final long PRICE = 10_000 * Parameters.NIM;

    private final SortedSet<Address> convicted = new TreeSet<>();
    private final SortedSet<Address> paid = new TreeSet<>();
    private Optional<Cast> cast = Optional.empty();
    private Optional<JobId> deployed = Optional.empty();
    private StateView newest = _ -> Optional.empty();
    private int offers;
    private int questions;
    private boolean waits;
    private boolean over;

    @Override
    public boolean isOver() {
      return over;
    }

    private Cast cast() {
      return cast.orElseThrow();
    }

    private SortedSet<Address> miners(Iterable<Integer> numbers) {
      SortedSet<Address> all = new TreeSet<>();
      for (int number : numbers) {
        Member member = cast().members().get(cast().members().size() - MINERS + number);
        PublicKey key = member.identity().hotKey().publicKey();
        all.add(Miners.byHotKey(newest, key).orElseThrow());
      }
      return all;
    }

    @Override
    public void begin(Cast present) {
      cast = Optional.of(present);
      for (int i = 0; i < MINERS; i++) {
        OfferPut dearer =
            new OfferPut(Device.CPU, "cpu", 1L << 30, 1_000_000_000, PRICE + i * PRICE / 100);
        present.miners().get(i).run(dearer, _ -> offered());
      }
    }

    private void offered() {
      offers++;
      if (offers == MINERS) {
        ModelSource source = new ModelSource.Trained(cast().job());
        cast()
            .developer()
            .run(new ModelPublish(source, NAME, "MIT", 0, Optional.empty()), _ -> deploy());
      }
    }

    private void deploy() {
      ModelDeploy deploy =
          new ModelDeploy(
              NAME, gateway(), 2, 10 * Parameters.NIM, 100 * Parameters.NIM, Long.MAX_VALUE);
      cast().developer().run(deploy, applied -> deployed = applied.job());
    }

    private PublicKey gateway() {
      return cast().members().getFirst().identity().hotKey().publicKey();
    }

    @Override
    public void finalized(Block block, Node by) {
      newest = by.chain().liveState();
      deployed.flatMap(id -> Deployments.load(newest, id)).ifPresent(this::follow);
    }

    private void follow(Deployment now) {
      for (HostAccount account : now.accounts()) {
        if (!account.convicted().isEmpty() && convicted.add(account.miner())) {
          StageSlot slot = account.slot(now.id());
          assertTrue(Bonds.lockOf(newest, slot, account.miner()).isEmpty());
          assertEquals(0, Vesting.unvested(newest, slot, account.miner()));
        } else if (account.served().paid() > 0 && account.convicted().isEmpty()) {
          paid.add(account.miner());
        }
      }
      paid.removeAll(convicted);
      if (convicted.size() == HOSTS.size() && paid.size() >= 2) {
        for (Address miner : paid) {
          assertEquals(0, Strikes.of(newest, miner, 0));
        }
        over = true;
      } else if (now.serves() && !waits && !isFound(now)) {
        ask(now);
      }
    }

    /// What the last of them did is drawn: that it shows nothing takes a while.
    private boolean isFound(Deployment now) {
      return convicted.size() == HOSTS.size() - 1
          && paid.size() >= 2
          && now.accounts().stream()
              .filter(account -> miners(HOSTS.keySet()).contains(account.miner()))
              .flatMap(account -> account.served().pending().stream())
              .anyMatch(Batch::drawn);
    }

    private void ask(Deployment now) {
      assertTrue(++questions <= QUESTIONS_MAX, "convicted are %s".formatted(convicted));
      waits = true;
      GatewayOwner.Request request =
          new GatewayOwner.Request(
              new HostSeats(gateway()).served(newest, now),
              GatewayInput.ids(Bytes.utf8("the q")),
              TOKENS,
              Sampling.of(700, questions),
              new TreeSet<>(),
              30_000);
      Node node = cast().members().getFirst().node();
      assertTrue(node.gateway().offer(new GatewayOwner.Input.Requested(request, new Guest())));
    }

    /// What is answered does not matter.
    private final class Guest implements GatewayOwner.Reader {
      @Override
      public void token(int id) {}

      @Override
      public void finished(String reason) {
        waits = false;
      }
    }
  }
}
