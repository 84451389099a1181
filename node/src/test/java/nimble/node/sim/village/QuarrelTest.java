package nimble.node.sim.village;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import nimble.node.sim.village.Quarrel.Ground;
import nimble.vm.ModelSpec;
import nimble.vm.Precision;
import org.junit.jupiter.api.Test;

/// Disputes in a network: the honest side wins, silence loses, what nobody can tell costs nobody
/// anything (X7); whatever is in memory when a process ends, and whoever holds the stage by then.
final class QuarrelTest {
  private static Quarrel.Settled quarrel(
      long seed, Ground ground, Party.Miner miner, Party.Accuser accuser) {
    return new Quarrel(seed, Quarrel.GPT, ground, miner, accuser, false, false).run();
  }

  @Test
  void x7WhoLiesLosesWhateverItSays() {
    long seed = 0;
    for (Ground ground : Ground.values()) {
      for (Party.Miner miner : Party.Miner.values()) {
        if (miner.lies()) {
          quarrel(seed++, ground, miner, Party.Accuser.HONEST);
        }
      }
    }
  }

  @Test
  void x7WhoLiesAboutALlamaWithNarrowProductsAndDropoutLoses() {
    ModelSpec model = Quarrel.LLAMA.in(Precision.BF16).dropping(0.2f);
    Party.Miner liar = Party.Miner.STANDS_BY_IT;
    new Quarrel(1, model, Ground.TOO_FEW, liar, Party.Accuser.HONEST, false, false).run();
  }

  @Test
  void x7WhoAccusesFalselyLosesWhateverItSays() {
    long seed = 10;
    for (Ground ground : Ground.values()) {
      for (Party.Accuser accuser : List.of(Party.Accuser.MAKES_IT_UP, Party.Accuser.SAYS_NOTHING)) {
        quarrel(seed++, ground, Party.Miner.HONEST, accuser);
      }
    }
  }

  @Test
  void x7WhatNobodyCanTellCostsNobodyAnything() {
    quarrel(20, Ground.TOO_FEW, Party.Miner.HONEST, Party.Accuser.OF_ANOTHER_CLASS);
  }

  @Test
  void x7ProcessesThatEndInTheMidstOfItSayTheSameAfterwards() {
    crashing(Ground.TOO_FEW, Party.Miner.HONEST, Party.Accuser.MAKES_IT_UP, false);
    crashing(Ground.TOO_FEW, Party.Miner.STANDS_BY_IT, Party.Accuser.HONEST, false);
  }

  @Test
  void x7AMinerThatHoldsNoStageAnyMoreDefendsItsRounds() {
    crashing(Ground.TOO_FEW, Party.Miner.HONEST, Party.Accuser.MAKES_IT_UP, true);
  }

  private static void crashing(
      Ground ground, Party.Miner miner, Party.Accuser accuser, boolean leave) {
    Quarrel quarrel = new Quarrel(31, Quarrel.GPT, ground, miner, accuser, true, leave);
    assertEquals(quarrel.run(), quarrel.run(), "X1");
  }
}
