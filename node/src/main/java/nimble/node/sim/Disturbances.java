package nimble.node.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.types.PublicKey;

/// What goes wrong in a world, and when it is over.
final class Disturbances {
  private static final long FIRST_MILLIS = 500;
  private static final long SPAN_MILLIS = 25_000;
  private static final long DOWN_MILLIS_MAX = 6_000;
  private static final long SPLIT_MILLIS_MAX = 6_000;
  private static final long STORM_MILLIS_MAX = 6_000;
  private static final long POWER_CUT_MILLIS_MAX = 3_000;

  private final Scenario scenario;
  private final Sim sim;
  private final SimNetwork wires;
  private final Trace trace;
  private final Referee referee;
  private final List<Member> members;
  private final BooleanSupplier minersNeedMemory;
  private final Consumer<Member> onCrash;
  private final List<Member> down = new ArrayList<>();
  private int open;
  private int crashes;

  /// @param onCrash told who has just crashed, before it is started again
  Disturbances(
      Scenario scenario,
      Sim sim,
      SimNetwork wires,
      Trace trace,
      Referee referee,
      List<Member> members,
      BooleanSupplier minersNeedMemory,
      Consumer<Member> onCrash) {
    this.scenario = scenario;
    this.sim = sim;
    this.wires = wires;
    this.trace = trace;
    this.referee = referee;
    this.members = members;
    this.minersNeedMemory = minersNeedMemory;
    this.onCrash = onCrash;
  }

  void plan() {
    for (int i = 0; i < scenario.trouble().crashes(); i++) {
      sometime(this::crashOne);
    }
    for (int i = 0; i < scenario.trouble().splits(); i++) {
      sometime(this::split);
    }
    for (int i = 0; i < scenario.trouble().storms(); i++) {
      sometime(this::storm);
    }
    if (scenario.trouble().blackout()) {
      sometime(this::blackout);
    }
    open += scenario.trouble().ambush().isPresent() ? Ambush.BLOWS : 0;
    settle();
  }

  /// One of an [Ambush].
  void strike(Blow blow, Ambush.Moment moment, PublicKey first) {
    trace.tell("the last block of an epoch is %s".formatted(moment));
    switch (blow) {
      case CRASH ->
          members.stream()
              .filter(it -> it.isUp() && mayCrash(it) && key(it).equals(first))
              .findFirst()
              .ifPresentOrElse(
                  it -> {
                    crash(it);
                    restart(it);
                  },
                  this::over);
      case BLACKOUT -> blackout();
      case SPLIT -> splitOff(first);
    }
  }

  /// And perhaps another: without it the others have a quorum, with it nobody has.
  private void splitOff(PublicKey first) {
    List<Member> others =
        members.stream().filter(it -> it.votes() && !key(it).equals(first)).toList();
    Member other = others.get(sim.random().nextInt(others.size()));
    split(sim.random().nextBoolean() ? List.of(first) : List.of(first, key(other)));
  }

  private static PublicKey key(Member member) {
    return member.identity().hotKey().publicKey();
  }

  private void sometime(Runnable disturbance) {
    open++;
    sim.after(FIRST_MILLIS + sim.random().nextLong(SPAN_MILLIS), disturbance);
  }

  private void over() {
    open--;
    settle();
  }

  private void settle() {
    if (isOver()) {
      referee.calm();
    }
  }

  boolean isOver() {
    return open == 0;
  }

  int crashes() {
    return crashes;
  }

  private void crashOne() {
    List<Member> able =
        members.stream().filter(member -> member.isUp() && mayCrash(member)).toList();
    if (able.isEmpty()) {
      over();
      return;
    }
    SplittableRandom random = sim.random();
    Member member = able.get(random.nextInt(able.size()));
    if (random.nextBoolean()) {
      crash(member);
      restart(member);
    } else {
      cutPower(member);
    }
  }

  /// A minority at a time: at most f validators, one miner.
  private boolean mayCrash(Member member) {
    long alike = down.stream().filter(other -> other.votes() == member.votes()).count();
    return member.votes()
        ? alike < (scenario.validators() - 1) / 3
        : alike == 0 && (scenario.trouble().minersCrash() || !minersNeedMemory.getAsBoolean());
  }

  private void crash(Member member) {
    trace.tell("%s crashes".formatted(member.name()));
    member.crash();
    crashed(member);
  }

  private void crashed(Member member) {
    crashes++;
    down.add(member);
    onCrash.accept(member);
  }

  /// Between two writes, or at the latest after a while.
  private void cutPower(Member member) {
    member.disk().cutPowerSoon(sim.random());
    down.add(member);
    waitForPowerCut(member, sim.nowMillis() + POWER_CUT_MILLIS_MAX);
  }

  private void waitForPowerCut(Member member, long untilMillis) {
    sim.after(
        50,
        () -> {
          if (member.isUp() && sim.nowMillis() < untilMillis) {
            waitForPowerCut(member, untilMillis);
            return;
          }
          down.remove(member);
          if (member.isUp()) {
            crash(member);
          } else {
            crashed(member);
          }
          restart(member);
        });
  }

  private void restart(Member member) {
    sim.after(
        sim.random().nextLong(DOWN_MILLIS_MAX),
        () -> {
          down.remove(member);
          if (member.isLost()) {
            over();
            return;
          }
          member.start();
          trace.tell(
              "%s starts again at height %d"
                  .formatted(member.name(), member.node().chain().height()));
          over();
        });
  }

  private void blackout() {
    trace.tell("all validators crash");
    for (Member member : members) {
      if (member.votes() && member.isUp() && !down.contains(member)) {
        open++;
        crash(member);
        restart(member);
      }
    }
    over();
  }

  private void split() {
    List<PublicKey> apart = new ArrayList<>();
    for (Member member : members) {
      if (sim.random().nextInt(3) == 0) {
        apart.add(key(member));
      }
    }
    split(apart);
  }

  private void split(List<PublicKey> apart) {
    List<String> names =
        members.stream().filter(it -> apart.contains(key(it))).map(Member::name).toList();
    trace.tell("the network splits: %s on one side".formatted(names));
    wires.split(List.of(apart));
    sim.after(
        sim.random().nextLong(SPLIT_MILLIS_MAX),
        () -> {
          trace.tell("the network heals");
          wires.heal();
          over();
        });
  }

  private void storm() {
    trace.tell("a storm begins");
    wires.change(Weather.stormy());
    sim.after(
        sim.random().nextLong(STORM_MILLIS_MAX),
        () -> {
          trace.tell("the storm is over");
          wires.change(Weather.calm());
          over();
        });
  }

  /// In an event of its own: whoever tells of the reason may be among its nodes.
  void crashOnce(Member member) {
    open++;
    sim.after(
        1,
        () -> {
          if (member.isUp()) {
            crash(member);
            restart(member);
          } else {
            over();
          }
        });
  }

  /// A miner goes for good.
  void lose(Member miner) {
    trace.tell("%s goes for good".formatted(miner.name()));
    referee.lost(miner);
    miner.lose();
  }
}
