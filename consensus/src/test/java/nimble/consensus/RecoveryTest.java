package nimble.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.sim.Disk;
import org.junit.jupiter.api.Test;

/// The power fails at every byte of a run's vote log. What was signed before is in the whole frames
/// that are left; whatever the restarted node then hears, it signs nothing that conflicts.
final class RecoveryTest {
  private static final long VIEWS = 8;

  @Test
  void noCutOfTheVoteLogLeadsToAConflictingVote() throws Malformed {
    Bytes log = run();
    int before = -1;
    for (int cut = 0; cut <= log.size(); cut++) {
      List<VoteRecord> records = records(log.slice(0, cut));
      if (records.size() > before) {
        before = records.size();
        assertEquals(Optional.empty(), conflict(afterRestart(records, records)), "cut at " + cut);
      }
    }
    assertTrue(before > 3 * VIEWS, before + " records");
  }

  /// The control: the same temptations lead a node astray that did not log its votes.
  @Test
  void withoutItsVotesARestartedNodeConflicts() throws Malformed {
    List<VoteRecord> records = records(run());
    int astray = 0;
    for (int size = 0; size <= records.size(); size++) {
      List<VoteRecord> prefix = records.subList(0, size);
      List<VoteRecord> forgetful =
          prefix.stream().filter(record -> !(record instanceof VoteRecord.Voted)).toList();
      astray += conflict(afterRestart(prefix, forgetful)).isPresent() ? 1 : 0;
    }
    assertTrue(astray > VIEWS, astray + " conflicts");
  }

  private static List<Vote> afterRestart(List<VoteRecord> before, List<VoteRecord> kept) {
    List<Vote> said = votes(before);
    Scene scene = new Scene(0, kept.toArray(VoteRecord[]::new));
    said.addAll(scene.cast());
    for (long view = 1; view <= VIEWS; view++) {
      said.addAll(tempt(scene, view));
    }
    return said;
  }

  @Test
  void theOrderOfRecordsDoesNotMatter() throws Malformed {
    List<VoteRecord> records = records(run());
    Scene straight = new Scene(0, records.toArray(VoteRecord[]::new));
    Scene reversed = new Scene(0, records.reversed().toArray(VoteRecord[]::new));
    assertEquals(straight.effects(), reversed.effects());
    assertEquals(straight.engine.view(), reversed.engine.view());
  }

  /// Some views are finalized, some nullified after a notarize, some both notarized and nullified.
  private static Bytes run() {
    Scene scene = new Scene(0);
    Disk disk = new Disk();
    long parent = 0;
    for (long view = 1; view <= VIEWS; view++) {
      Proposal proposal = Scene.proposal(view, parent, (int) view);
      if (view % 4 == 0) {
        step(disk, scene.step(new Input.Built(view, Optional.of(proposal.digest()))));
      } else {
        step(disk, scene.verified(proposal));
      }
      if (view % 3 == 0) {
        step(disk, scene.fires(view, TimerKind.CERTIFY));
        step(disk, scene.saw(Scene.nullify(view)));
      } else {
        step(disk, scene.saw(Scene.notarize(proposal)));
        step(disk, scene.step(new Input.PayloadCertified(proposal, false)));
        parent = view;
      }
      if (view == 4) {
        step(disk, scene.saw(Scene.finalizes(proposal)));
      }
    }
    return disk.contents();
  }

  private static void step(Disk disk, List<Effect> effects) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Persist(VoteRecord record)) {
        disk.append(Writer.encode(record::write));
      }
    }
  }

  private static List<VoteRecord> records(Bytes log) throws Malformed {
    List<VoteRecord> records = new ArrayList<>();
    for (Bytes frame : Disk.replay(log)) {
      records.add(Reader.decode(frame, VoteRecord::read));
    }
    return records;
  }

  private static List<Vote> votes(List<VoteRecord> records) {
    List<Vote> votes = new ArrayList<>();
    for (VoteRecord record : records) {
      if (record instanceof VoteRecord.Voted(Vote vote)) {
        votes.add(vote);
      }
    }
    return votes;
  }

  /// A rival proposal, every timer, a notarization of the rival, then a way out of the view.
  private static List<Vote> tempt(Scene scene, long view) {
    List<Vote> said = new ArrayList<>();
    for (long parent : new long[] {view - 1, scene.engine.lastFinal().view(), 0}) {
      if (parent < view) {
        Proposal rival = Scene.proposal(view, parent, (int) view + 100);
        scene.verified(rival);
        said.addAll(scene.cast());
        scene.step(new Input.Built(view, Optional.of(rival.digest())));
        said.addAll(scene.cast());
      }
    }
    for (TimerKind kind : TimerKind.values()) {
      scene.fires(view, kind);
      said.addAll(scene.cast());
    }
    scene.step(new Input.Voted(Scene.signed((int) view % 4, Scene.nullify(view))));
    scene.step(new Input.VoteChecked(Scene.signed((int) view % 4, Scene.nullify(view)), true));
    said.addAll(scene.cast());
    // What it had notarized is certified again, late.
    for (int digest : new int[] {(int) view, (int) view + 100}) {
      for (long parent = 0; parent < view; parent++) {
        scene.step(new Input.PayloadCertified(Scene.proposal(view, parent, digest), false));
        said.addAll(scene.cast());
      }
    }
    if (view > scene.engine.lastFinal().view()) {
      scene.saw(Scene.nullify(view));
      said.addAll(scene.cast());
    }
    return said;
  }

  private static Optional<String> conflict(List<Vote> said) {
    for (int i = 0; i < said.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (Misconduct.conflict(said.get(i), said.get(j))) {
          return Optional.of("%s and %s".formatted(said.get(j), said.get(i)));
        }
      }
    }
    return Optional.empty();
  }
}
