package nimble.training.role.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.role.DecodeTensor;
import nimble.training.role.GatewayEffect;
import nimble.training.role.Progress;
import nimble.training.role.SendTensor;
import nimble.training.role.Tiny;
import nimble.training.role.evidence.CheckpointBlob;
import nimble.training.role.miner.MinerTest;
import nimble.training.role.miner.World;
import nimble.types.PublicKey;
import nimble.vm.DecodeSession;
import nimble.vm.Machine;
import nimble.vm.StageProgram;
import nimble.vm.generation.Sampler;
import nimble.vm.generation.Sampling;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.training.StageState;
import org.junit.jupiter.api.Test;

final class GatewayTest {
  private static final Bytes PROMPT = Bytes.utf8("the q");
  private static final int TOKENS = 40;

  @Test
  void thePipelineSaysWhatTheWholeModelSays() {
    World world = MinerTest.trained(11, Tiny.plan(6, 3), w -> {});
    for (Sampling sampling : List.of(Sampling.of(0, 1), Sampling.of(800, 2))) {
      assertEquals(wholeModel(world, sampling), generate(world, sampling));
    }
  }

  @Test
  void aMinerThatStartsAgainServesFromTheCheckpoint() {
    World world = MinerTest.trained(12, Tiny.plan(4, 2), w -> {});
    Sampling sampling = Sampling.of(500, 3);
    List<Integer> before = generate(world, sampling);
    world.miners.set(1, world.miner(1));
    int reports = world.reports.size();
    world.sim.runUntil(() ->
        world.reports.stream()
            .skip(reports)
            .anyMatch(report -> report.progress() instanceof Progress.Serving));
    assertEquals(before, generate(world, sampling));
  }

  @Test
  void r11ALostRowIsBegunAnew() {
    World world = MinerTest.trained(13, Tiny.plan(4, 2), w -> {});
    Sampling sampling = Sampling.of(0, 4);
    List<Integer> expected = generate(world, sampling);
    world.tokens.clear();
    world.finished.clear();
    request(world, 50, sampling);
    // So many others that every row is pushed out again and again.
    for (int other = 0; other < Decoder.ROWS_MAX + 2; other++) {
      request(world, 100 + other, sampling);
    }
    world.sim.runUntil(() -> world.finished.size() == Decoder.ROWS_MAX + 3);
    assertEquals(List.of(), world.finished.stream().filter(reason -> !reason.isEmpty()).toList());
    assertEquals((Decoder.ROWS_MAX + 3) * expected.size(), world.tokens.size());
  }

  /// And nobody hears more of it, whatever still comes.
  @Test
  void r11ACancelledRowIsReleasedAtOnce() {
    World world = MinerTest.trained(16, Tiny.plan(4, 2), w -> {});
    request(world, 60, Sampling.of(0, 1));
    world.sim.runUntil(() -> world.tokens.size() == 3);
    List<GatewayEffect> effects = world.gateway.handle(new GatewayInput.InferCancelled(60));
    assertEquals(1, effects.size());
    SendTensor release = (SendTensor) effects.getFirst();
    assertEquals(world.served().replicas().getFirst().stages().getFirst(), release.to());
    assertEquals(DecodeTensor.Kind.RELEASE, ((DecodeTensor) release.name()).kind());
    assertEquals(List.of(), world.gateway.handle(new GatewayInput.InferCancelled(60)));
    request(world, 61, Sampling.of(0, 1));
    world.sim.runUntil(() -> !world.finished.isEmpty());
    assertEquals(List.of(""), world.finished);
    assertEquals(3 + TOKENS, world.tokens.size());
  }

  @Test
  void aModelThatIsNotReadyIsRefusedInWords() {
    World world = World.honest(14, Tiny.plan(40, 2));
    world.sim.runUntil(() -> world.chain.counted.size() == 1);
    request(world, 1, Sampling.of(0, 1));
    world.sim.runUntil(() -> !world.finished.isEmpty());
    assertEquals(List.of("the model is not ready"), world.finished);
  }

  @Test
  void silentMinersEndARequestInWords() {
    World world = MinerTest.trained(15, Tiny.plan(4, 2), w -> {});
    world.silent.add(2);
    request(world, 1, Sampling.of(0, 1));
    world.sim.runUntil(() -> !world.finished.isEmpty());
    assertEquals(List.of("the model's miners do not answer"), world.finished);
  }

  /// Nor can a host that gives it break the gateway, or cost the others their pay for the row.
  @Test
  void r27AnIdThatTheModelDoesNotHaveIsNoAnswer() {
    PublicKey host = Tiny.key(1);
    GatewayInput.Replica replica =
        new GatewayInput.Replica(0, List.of(host), List.of(new GatewayInput.Account(1, 0)));
    GatewayInput.Served served =
        new GatewayInput.Served(Tiny.JOB, List.of(replica), Tiny.CONTEXT, 256, true);
    Gateway gateway = new Gateway(Tiny.key(9));
    List<GatewayEffect> asked =
        gateway.handle(new GatewayInput.InferRequested(1, served, PROMPT, 1, Sampling.of(0, 1)));
    DecodeTensor name =
        asked.stream()
            .filter(SendTensor.class::isInstance)
            .map(effect -> ((DecodeTensor) ((SendTensor) effect).name()))
            .findFirst()
            .orElseThrow()
            .as(DecodeTensor.Kind.CHOSEN);
    for (int id : new int[] {-1, Integer.MIN_VALUE, 256, Integer.MAX_VALUE}) {
      assertEquals(List.of(), gateway.handle(chosen(host, name, id)));
    }
    assertEquals(
        new GatewayEffect.Token(1, 255), gateway.handle(chosen(host, name, 255)).getFirst());
  }

  private static GatewayInput chosen(PublicKey host, DecodeTensor name, int id) {
    return new GatewayInput.TensorReceived(host, name, LittleEndian.ofInts(new int[] {id}));
  }

  private static List<Integer> generate(World world, Sampling sampling) {
    world.tokens.clear();
    world.finished.clear();
    request(world, 1, sampling);
    world.sim.runUntil(() -> !world.finished.isEmpty());
    assertEquals(List.of(""), world.finished);
    return List.copyOf(world.tokens);
  }

  private static void request(World world, long id, Sampling sampling) {
    world.ask(new GatewayInput.InferRequested(id, world.served(), PROMPT, TOKENS, sampling));
  }

  /// One machine with all weights, a new pass over the row for every token.
  private static List<Integer> wholeModel(World world, Sampling sampling) {
    try (Machine machine = new ReferenceMachine()) {
      List<StageState> states =
          IntStream.range(0, 3).mapToObj(stage -> state(world, stage)).toList();
      List<StageProgram> programs =
          states.stream().map(state -> machine.load(state.spec(), state.weights())).toList();
      List<Integer> text = new ArrayList<>();
      for (int i = 0; i < PROMPT.size(); i++) {
        text.add(PROMPT.at(i) & 0xff);
      }
      int rowStart = 0;
      for (int turn = 0; turn < TOKENS; turn++) {
        if (text.size() - rowStart > Tiny.CONTEXT) {
          rowStart = text.size() - Tiny.CONTEXT / 2;
        }
        Bytes x =
            LittleEndian.ofInts(
                text.subList(rowStart, text.size()).stream().mapToInt(id -> id).toArray());
        for (StageProgram program : programs) {
          try (DecodeSession row = program.decode()) {
            x = row.append(x);
          }
        }
        text.add(Sampler.choose(x, sampling, new BitSet(), turn));
      }
      programs.forEach(StageProgram::close);
      states.forEach(StageState::close);
      return text.subList(PROMPT.size(), text.size());
    }
  }

  private static StageState state(World world, int stage) {
    try {
      return CheckpointBlob.load(
          world.plan.stages().get(stage),
          world.checkpoint(stage),
          world.chain.counted.getLast().get(stage).stateRootAfter());
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}
