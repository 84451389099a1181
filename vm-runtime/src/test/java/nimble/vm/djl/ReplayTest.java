package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.Cuts;
import nimble.vm.DecodeSession;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.audit.StageAudit.Finding;
import nimble.vm.audit.Tolerance;
import nimble.vm.fault.EightBits;
import nimble.vm.generation.Replay;
import nimble.vm.generation.ReplayAudit;
import nimble.vm.generation.Row;
import nimble.vm.generation.Sampler;
import nimble.vm.generation.Sampling;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.training.Probe;
import nimble.vm.training.StageState;
import org.junit.jupiter.api.Test;

/// G8 and G9, with both machines: two classes.
final class ReplayTest {
  private static final ModelSpec MODEL = new Gpt(256, 40, 2, 2, 16, true).spec();
  private static final List<StageSpec> STAGES = new Cuts(List.of(2)).of(MODEL, 1);
  private static final int PROMPT = 5;
  private static final int POSITIONS = 37;
  private static final Tolerance TOLERANCE = new Tolerance(2e-6, 2e-6, 4e-6);
  private static final Hash SEED = Hashing.of("request");
  private static final Hash DRAWN = Hashing.of("audit");

  /// What one machine says of a row, stage by stage, and what it gave them.
  private record Claims(Row row, List<Bytes> inputs, List<Replay> replays) {}

  @Test
  void g8HonestRowsAreUpheldInEveryClass() {
    try (Machine slow = new ReferenceMachine();
        Machine fast = new DjlMachine()) {
      for (Sampling sampling : samplings()) {
        for (Machine host : List.of(slow, fast)) {
          Claims claims = generated(host, host, sampling);
          Machine other = host.equals(slow) ? fast : slow;
          assertEquals(List.of(Finding.EQUAL, Finding.EQUAL), audit(host, claims, true));
          assertEquals(List.of(Finding.EQUAL, Finding.EQUAL), audit(other, claims, false));
          assertTrue(audit(other, claims, true).contains(Finding.DEVIATES));
          assertEquals(claims.replays().get(0).right(), claims.replays().get(1).left());
        }
      }
      for (StageSpec stage : STAGES) {
        assertEquals(Probe.replays(fast, stage, SEED), Probe.replays(fast, stage, SEED));
        assertNotEquals(Probe.replays(slow, stage, SEED), Probe.replays(fast, stage, SEED));
      }
    }
  }

  @Test
  void g8EightBitWeightsAreSeenByEveryClass() {
    try (Machine slow = new ReferenceMachine();
        Machine fast = new DjlMachine()) {
      Machine eight = new EightBits(slow);
      Claims claims = generated(eight, eight, Sampling.of(800, 3));
      assertEquals(List.of(Finding.FALSE, Finding.FALSE), audit(slow, claims, true));
      assertEquals(List.of(Finding.FALSE, Finding.FALSE), audit(fast, claims, false));
    }
  }

  @Test
  void g9TokensOfItsOwnAreSeenByEveryClass() {
    try (Machine slow = new ReferenceMachine();
        Machine fast = new DjlMachine()) {
      for (Sampling sampling : samplings()) {
        Row fair = generated(slow, slow, sampling).row();
        List<Integer> ids = new ArrayList<>(fair.ids());
        ids.set(20, (ids.get(20) + 128) % 256);
        Claims claims = claims(slow, new Row(sampling, PROMPT, 0, POSITIONS, ids));
        assertEquals(List.of(Finding.EQUAL, Finding.FALSE), audit(slow, claims, true));
        assertEquals(List.of(Finding.EQUAL, Finding.FALSE), audit(fast, claims, false));
      }
    }
  }

  @Test
  void g8OtherInputsThanCommittedToAreNoData() throws Malformed {
    try (Machine slow = new ReferenceMachine()) {
      Claims claims = generated(slow, slow, Sampling.GREEDY);
      Replay said = claims.replays().getFirst();
      Bytes input = claims.inputs().getFirst();
      ReplayAudit.check(STAGES.getFirst(), claims.row(), input, said);
      Bytes other = Bytes.concat(LittleEndian.ofInts(new int[] {7}), input.slice(4, input.size()));
      assertThrows(
          Malformed.class, () -> ReplayAudit.check(STAGES.getFirst(), claims.row(), other, said));
      assertThrows(
          Malformed.class, () -> ReplayAudit.check(STAGES.get(1), claims.row(), input, said));
      int bytes = Writer.encode(said::write).size() - Integer.BYTES - 2 * Hash.SIZE;
      assertEquals(2 * Replay.BLOCK * 5, bytes);
    }
  }

  private static List<Sampling> samplings() {
    return List.of(
        Sampling.GREEDY,
        Sampling.of(800, 3),
        new Sampling(1_000, 9, 1_000, 1_300, 4),
        new Sampling(700, 0, 850, 1_000, 5));
  }

  /// The row as it grows, and then its replays.
  private static Claims generated(Machine grows, Machine replays, Sampling sampling) {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < PROMPT; i++) {
      ids.add(40 + i);
    }
    List<StageState> states = STAGES.stream().map(it -> StageState.initial(it, 5)).toList();
    List<StageProgram> programs =
        states.stream().map(it -> grows.load(it.spec(), it.weights())).toList();
    List<DecodeSession> sessions = programs.stream().map(StageProgram::decode).toList();
    BitSet seen = new BitSet();
    int fed = 0;
    while (ids.size() <= POSITIONS) {
      Bytes x =
          LittleEndian.ofInts(
              ids.subList(fed, ids.size()).stream().mapToInt(Integer::intValue).toArray());
      ids.subList(fed, ids.size()).forEach(seen::set);
      fed = ids.size();
      for (DecodeSession session : sessions) {
        x = session.append(x);
      }
      ids.add(Sampler.choose(x, sampling, seen, ids.size() - PROMPT));
    }
    sessions.forEach(DecodeSession::close);
    programs.forEach(StageProgram::close);
    states.forEach(StageState::close);
    return claims(replays, new Row(sampling, PROMPT, 0, POSITIONS, ids));
  }

  private static Claims claims(Machine machine, Row row) {
    List<Bytes> inputs = new ArrayList<>(List.of(row.input()));
    List<Replay> replays = new ArrayList<>();
    for (StageSpec stage : STAGES) {
      try (StageState state = StageState.initial(stage, 5);
          StageProgram program = machine.load(stage, state.weights())) {
        Replay.Pass pass = Replay.of(program, row, inputs.getLast());
        replays.add(pass.replay());
        inputs.add(pass.outputs());
      }
    }
    return new Claims(row, inputs, replays);
  }

  private static List<Finding> audit(Machine machine, Claims claims, boolean sameClass) {
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < STAGES.size(); i++) {
      try (StageState state = StageState.initial(STAGES.get(i), 5);
          StageProgram program = machine.load(STAGES.get(i), state.weights())) {
        findings.add(
            ReplayAudit.of(
                    program,
                    claims.row(),
                    claims.inputs().get(i),
                    claims.replays().get(i),
                    DRAWN,
                    sameClass,
                    TOLERANCE)
                .finding());
      }
    }
    return findings;
  }
}
