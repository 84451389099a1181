package nimble.node.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import nimble.blob.Blob;
import nimble.blob.Manifest;
import nimble.chain.Block;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.chain.ModelSource;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.genesis.Parameters;
import nimble.ledger.Escrows;
import nimble.ledger.Miners;
import nimble.ledger.StateView;
import nimble.node.Node;
import nimble.node.chain.Reporter;
import nimble.node.work.GatewayOwner;
import nimble.node.work.Sweeper;
import nimble.storage.BlobStore;
import nimble.training.Deployment;
import nimble.training.Deployments;
import nimble.training.HostedStage;
import nimble.training.Jobs;
import nimble.training.role.miner.Seats;
import nimble.training.role.serving.GatewayInput;
import nimble.training.role.serving.HostSeats;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.BaseModel;
import nimble.vm.Layout;
import nimble.vm.ModelSpec;
import nimble.vm.StageBase;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.generation.Sampler;
import nimble.vm.generation.Sampling;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

/// A model that was trained is published, deployed and used, while one of its hosts goes for good.
final class ServingTest {
  private static final String NAME = "tests/fox";
  private static final String BROUGHT = "tests/brought";
  private static final List<Integer> PROMPT = GatewayInput.ids(Bytes.utf8("the q"));
  private static final int TOKENS = 24;

  /// As many as fit behind the prompt.
  private static final int BROUGHT_TOKENS = 3;

  private static final int KILLED_AFTER = 9;
  private static final int CROWD = 6;

  private static Scenario trains(int miners, int seed) {
    return Scenario.quiet(seed, 4, miners, 20, 1);
  }

  /// With two miners the job trains adapters on a base in four bits ([Errand]).
  @Test
  void r29AdaptersAreServedOnTheirBaseAsByThoseWhoTrainedThem() {
    Parlour parlour = new Parlour(1, false);
    new World(trains(2, 3), _ -> {}).then(parlour).run();
    assertTrue(parlour.adapts);
    assertEquals(TOKENS, parlour.quiet.tokens.size());
    assertEquals(parlour.quiet.tokens, parlour.disturbed.tokens);
    assertEquals(goOn(Errand.BASE), parlour.brought.tokens);
  }

  /// What a base by itself goes on with, the likeliest each time, in plain Java.
  private static List<Integer> goOn(SimBase base) {
    Map<Hash, Bytes> blobs = base.blobs().stream().collect(Collectors.toMap(Blob::id, Blob::whole));
    StageSpec whole = base.brought().model().whole(1);
    List<Integer> row = new ArrayList<>(PROMPT);
    try (StageBase weights = StageBase.of(whole, base.spec().storage());
        Floats numbers = Floats.zeros(Layout.of(whole).count())) {
      BaseModel described =
          BaseModel.decode(Objects.requireNonNull(blobs.get(base.spec().manifest())));
      for (Hash part : described.parts()) {
        weights.take(Objects.requireNonNull(blobs.get(part)));
      }
      weights.copyTo(numbers);
      try (StageProgram program = new ReferenceMachine().load(whole, numbers)) {
        for (int i = 0; i < BROUGHT_TOKENS; i++) {
          row.add(next(program, row, whole.model()));
        }
      }
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
    return row.subList(PROMPT.size(), row.size());
  }

  private static int next(StageProgram program, List<Integer> row, ModelSpec model) {
    int[] ids = new int[model.context()];
    for (int i = 0; i < row.size(); i++) {
      ids[i] = row.get(i);
    }
    int bytes = model.head().outWidth() * Float.BYTES;
    Bytes outputs = program.infer(LittleEndian.ofInts(ids));
    Bytes last = outputs.slice((row.size() - 1) * bytes, row.size() * bytes);
    return Sampler.choose(last, Sampling.GREEDY, new BitSet(), 0);
  }

  @Test
  void r27TheAnswerGoesOnWhenAHostIsKilledAndEveryHostIsPaid() {
    for (int replicas = 1; replicas <= 2; replicas++) {
      Parlour parlour = new Parlour(replicas, true);
      new World(trains(4, replicas), _ -> {}).then(parlour).run();
      assertEquals(TOKENS, parlour.quiet.tokens.size());
      assertEquals(parlour.quiet.tokens, parlour.disturbed.tokens);
      parlour.crowd.forEach(one -> assertEquals(parlour.quiet.tokens, one.tokens));
      // Whoever went heard no more, not even that it ended.
      assertTrue(parlour.gone.tokens.size() < TOKENS, "cancelled");
      assertEquals(Optional.empty(), parlour.gone.end);
      assertTrue(parlour.paid >= 3, "%d hosts are paid".formatted(parlour.paid));
    }
  }

  private static final class Answer implements GatewayOwner.Reader {
    private final List<Integer> tokens = new ArrayList<>();
    private Optional<String> end = Optional.empty();
    private Runnable onToken = () -> {};

    @Override
    public void token(int id) {
      tokens.add(id);
      onToken.run();
    }

    @Override
    public void finished(String reason) {
      end = Optional.of(reason);
    }

    private boolean isWell() {
      end.ifPresent(reason -> assertEquals("", reason));
      return end.isPresent();
    }
  }

  /// Asks once in peace, then with a host that is killed, or of those who trained the model, then
  /// many at a time.
  private static final class Parlour implements Sequel {
    private enum Act {
      WAITS,
      DEPLOYS,
      ASKS,
      DISTURBS,
      CROWDS,
      /// The base by itself, as if somebody had brought it.
      BRINGS,
      ENDS,
      OVER
    }

    private final int replicas;
    private final boolean kills;
    private boolean adapts;
    private final Answer quiet = new Answer();
    private final Answer disturbed = new Answer();
    private final List<Answer> crowd = new ArrayList<>();
    private final Answer gone = new Answer();
    private final Answer brought = new Answer();
    private Optional<JobId> broughtBy = Optional.empty();
    private boolean asked;
    private Act act = Act.WAITS;
    private Optional<Cast> cast = Optional.empty();
    private Optional<JobId> deployed = Optional.empty();
    private int paid;

    Parlour(int replicas, boolean kills) {
      this.replicas = replicas;
      this.kills = kills;
    }

    @Override
    public boolean isOver() {
      return act == Act.OVER;
    }

    private Cast cast() {
      return cast.orElseThrow();
    }

    private Node gateway() {
      return cast().members().getFirst().node();
    }

    private PublicKey key() {
      return cast().members().getFirst().identity().hotKey().publicKey();
    }

    @Override
    public void begin(Cast present) {
      cast = Optional.of(present);
      act = Act.DEPLOYS;
      present
          .developer()
          .run(
              new ModelPublish(
                  new ModelSource.Trained(present.job()), NAME, "MIT", 1_000, Optional.empty()),
              _ -> deploy(NAME, replicas, applied -> deployed = applied.job()));
    }

    private void deploy(String name, int times, Consumer<Applied> then) {
      ModelDeploy deploy =
          new ModelDeploy(name, key(), times, Parameters.NIM, 10 * Parameters.NIM, Long.MAX_VALUE);
      cast().developer().run(deploy, then);
    }

    @Override
    public void finalized(Block block, Node by) {
      StateView state = by.chain().liveState();
      deployed.flatMap(id -> Deployments.load(state, id)).ifPresent(now -> follow(state, now));
    }

    private void follow(StateView state, Deployment now) {
      switch (act) {
        case DEPLOYS -> {
          if (now.phase() == Deployment.Phase.ACTIVE
              && count(now, HostedStage::serves) == now.seats().size()) {
            act = Act.ASKS;
            sweep();
            adapts = Jobs.spec(state, cast().job()).orElseThrow().adapted().isPresent();
            ask(new HostSeats(key()).served(state, now), quiet);
          }
        }
        case ASKS -> {
          if (quiet.isWell()) {
            act = Act.DISTURBS;
            disturbed.onToken = kills ? () -> disturb(now) : () -> {};
            ask(
                kills
                    ? new HostSeats(key()).served(state, now)
                    : Seats.served(state, cast().job()).orElseThrow(),
                disturbed);
          }
        }
        case DISTURBS -> {
          if (disturbed.isWell()) {
            act = Act.CROWDS;
            gone.onToken =
                () -> assertTrue(gateway().gateway().offer(new GatewayOwner.Input.Cancelled(gone)));
            ask(new HostSeats(key()).served(state, now), gone);
            for (int i = 0; i < CROWD; i++) {
              crowd.add(new Answer());
              ask(new HostSeats(key()).served(state, now), crowd.getLast());
            }
          }
        }
        case CROWDS -> {
          if (crowd.stream().allMatch(Answer::isWell)) {
            act = adapts ? Act.BRINGS : Act.ENDS;
            if (adapts) {
              bring();
            } else {
              end(now);
            }
          }
        }
        case BRINGS -> {
          broughtBy
              .flatMap(id -> Deployments.load(state, id))
              .filter(Deployment::serves)
              .filter(_ -> !asked)
              .ifPresent(it -> {
                asked = true;
                ask(
                    new HostSeats(key()).served(state, it),
                    brought,
                    BROUGHT_TOKENS,
                    Sampling.GREEDY);
              });
          if (brought.isWell()) {
            act = Act.ENDS;
            end(now);
          }
        }
        case ENDS -> {
          paid = Math.max(paid, count(now, Parlour::isPaid));
          if (now.phase() == Deployment.Phase.ENDED) {
            assertTrue(Escrows.get(state, now.id()).isEmpty());
            assertEquals(now.audits().drawn(), now.audits().upheld());
            act = Act.OVER;
          }
        }
        case WAITS, OVER -> {}
      }
    }

    /// Or will be: what it brought is settled before the deployment ends, and upheld.
    private static boolean isPaid(HostedStage seat) {
      return seat.served().claimed() > 0;
    }

    /// W6: what is left everywhere is enough for whoever takes a seat later.
    private void sweep() {
      for (Member member : cast().members()) {
        BlobStore store = member.disk().blobs();
        Bytes stray = Bytes.utf8("what nobody speaks of");
        store.put(stray);
        Sweeper sweeper = new Sweeper(store, member.node().chain(), Reporter.SILENT, () -> {});
        sweeper.turn(0, List.of(new Sweeper.Due()));
        assertTrue(store.has(Manifest.chunkHash(stray)));
        sweeper.turn(Sweeper.GRACE_MILLIS, List.of(new Sweeper.Due()));
        assertFalse(store.has(Manifest.chunkHash(stray)));
      }
    }

    private static int count(Deployment now, Predicate<HostedStage> which) {
      return (int) now.seats().stream().filter(which).count();
    }

    private void bring() {
      ModelSource source = new ModelSource.Brought(Errand.BASE.brought().encode());
      cast()
          .developer()
          .run(
              new ModelPublish(source, BROUGHT, "MIT", 0, Optional.empty()),
              _ -> deploy(BROUGHT, 1, applied -> broughtBy = applied.job()));
    }

    private void end(Deployment now) {
      cast().developer().run(new ModelUndeploy(now.id()), _ -> {});
    }

    private void ask(GatewayInput.Served served, Answer answer) {
      ask(served, answer, TOKENS, Sampling.of(700, 5));
    }

    private void ask(GatewayInput.Served served, Answer answer, int tokens, Sampling sampling) {
      GatewayOwner.Request request =
          new GatewayOwner.Request(served, PROMPT, tokens, sampling, new TreeSet<>(), 300_000);
      assertTrue(gateway().gateway().offer(new GatewayOwner.Input.Requested(request, answer)));
    }

    /// The host of the second stage goes in the midst of the answer.
    private void disturb(Deployment now) {
      if (disturbed.tokens.size() != KILLED_AFTER) {
        return;
      }
      StateView state = gateway().chain().liveState();
      Address miner = now.seats().get(1).miner().orElseThrow();
      PublicKey host = Miners.get(state, miner).orElseThrow().hotKey();
      cast().members().stream()
          .filter(member -> member.identity().hotKey().publicKey().equals(host))
          .findFirst()
          .ifPresent(cast().lose());
    }
  }
}
