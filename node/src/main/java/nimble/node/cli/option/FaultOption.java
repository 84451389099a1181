package nimble.node.cli.option;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nimble.genesis.Genesis;
import nimble.node.devnet.Devnet;
import nimble.node.files.Mistake;
import nimble.training.fault.Fault;

/// Participants that misbehave on purpose, as people name them.
public final class FaultOption {
  /// For descriptions, which are constants: a test holds it against the actors that there are.
  public static final String ACTORS =
      "SkipsWork, StaleWeights, QuantisesWeights, PoisonsLowRank, PoisonCreeps, MiscodesGradient,"
          + " ForgesOpenings, ForgesLoss, AnnouncesHugeNorm, RefusesEdge, WithholdsData,"
          + " HidesWhenCaught, VanishesMidRound, WrongClassClaim, PrivateClass, StandsByIt,"
          + " BitFlip, PaysItself (the developer's own); auditors: LazyAuditor, CopiesVerdict,"
          + " SilentAuditors, ColludingPair, FalseAccuser, MakesItUp, Unable, ThreeLeadersInARow,"
          + " OutageOfAnHour; hosts: ServesEightBits, ChoosesTokens, WithholdsRows";

  /// No node deviates: a miner is the developer's.
  private static final String PAYS_ITSELF = "PaysItself";

  private static final String MAIN_PREFIX = "nim";

  private FaultOption() {}

  /// @param options INDEX=ACTOR each: the number of a miner, or of a validator for an auditor's
  public static Devnet apply(List<String> options, Devnet honest) throws Mistake {
    Devnet devnet = honest;
    SortedSet<String> named = new TreeSet<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw Mistake.of("--fault must be INDEX=ACTOR, was %s", option);
      }
      String name = option.substring(equals + 1);
      Optional<Fault> fault =
          name.equals(PAYS_ITSELF) ? Optional.empty() : Optional.of(actor(name, PAYS_ITSELF));
      boolean mines = fault.filter(it -> it.side() == Fault.Side.AUDITOR).isEmpty();
      int most = mines ? honest.miners().size() : honest.validators().size();
      int index = index(option.substring(0, equals), most);
      String who = (mines ? "miner " : "validator ") + index;
      if (!named.add(who)) {
        throw Mistake.of("--fault names %s twice", who);
      }
      Devnet before = devnet;
      devnet = fault.map(it -> before.with(index, it)).orElseGet(() -> before.payingItself(index));
    }
    return devnet;
  }

  /// Refused where anything is at stake.
  public static Fault of(String actor, Genesis genesis) throws Mistake {
    if (genesis.prefix().equals(MAIN_PREFIX)) {
      throw Mistake.of("--fault is for devnets, %s is none", genesis.chain());
    }
    return actor(actor);
  }

  private static int index(String words, int count) throws Mistake {
    try {
      int index = Integer.parseInt(words);
      if (index >= 0 && index < count) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Said below, like a number out of range.
    }
    throw Mistake.of("--fault: INDEX must be between 0 and %d, was %s", count - 1, words);
  }

  /// @param more that will do here
  public static Fault actor(String name, String... more) throws Mistake {
    return Fault.of(name)
        .orElseThrow(() ->
            Mistake.of(
                "--fault: ACTOR must be one of %s, was %s",
                Stream.concat(Stream.of(Fault.values()).map(Fault::toString), Stream.of(more))
                    .collect(Collectors.joining(", ")),
                name));
  }
}
