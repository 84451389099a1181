package nimble.node.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import nimble.chain.Block;
import nimble.chain.MoneyCall.Transfer;
import nimble.codec.Bytes;
import nimble.consensus.Misconduct;
import nimble.crypto.Hashing;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.ledger.Accounts;
import nimble.node.Node;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.SeenVotes;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.node.work.Patrons;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.training.JobState;
import nimble.training.PlayedDispute;
import nimble.training.fault.Fault;
import nimble.types.Address;
import nimble.types.PublicKey;
import nimble.vm.Machine;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;

/// A whole network and what is to happen to it.
public final class World {
  /// When worlds begin, by the clock of their first block.
  static final long START_MILLIS = 1_700_000_000_000L;

  private static final int EVENTS_MAX = 20_000_000;
  private static final long MILLIS_MAX = 600_000;
  private static final long MILLIS_MAX_EACH = 2_000;
  private static final long TRANSFER_SPAN_MILLIS = 20_000;
  private static final long TRANSFER_MILLIS = 100;
  private static final long ERRAND_MILLIS_MAX = 10_000;
  private static final int BLOCKS_AFTER = 2;

  /// Disputes in which both sides speak get beyond so many moves.
  private static final int CRASH_MOVES_MAX = 2;

  private final Scenario scenario;
  private final Sim sim;
  private final Trace trace;
  private final Devnet devnet;
  private final SimNetwork wires;
  private final Referee referee;
  private final List<Member> members = new ArrayList<>();
  private final List<SimPurse> purses = new ArrayList<>();
  private final TreeMap<Address, Long> given = new TreeMap<>();
  private final Errand errand;
  private final Disturbances disturbances;
  private final Optional<Succession> succession;
  private final Optional<Downfall> downfall;
  private final Optional<Ambush> ambush;
  private final Optional<Amnesia> amnesia;
  private final Optional<Court> court;
  private final List<SimPurse> payers;
  private final List<SimPurse> miners;
  private final SimPurse developer;
  private Optional<Sequel> sequel = Optional.empty();
  private boolean sequelBegan;
  private int transfers;
  private boolean toLose;
  private Optional<Address> lost = Optional.empty();
  private long goal = Long.MAX_VALUE;

  /// @param story told what happens, line by line
  public World(Scenario scenario, Consumer<String> story) {
    this(scenario, SimParameters.of(), Collections.emptySortedMap(), story);
  }

  /// @param hosts miners that deviate in what they serve
  World(
      Scenario scenario,
      Parameters parameters,
      SortedMap<Integer, Fault> hosts,
      Consumer<String> story) {
    this.scenario = scenario;
    this.toLose = scenario.trouble().minerLost();
    this.sim = new Sim(scenario.seed(), EVENTS_MAX);
    this.trace = new Trace(sim, story);
    Devnet honest =
        Devnet.create(
            Bytes.ofU64(scenario.seed()),
            scenario.validators(),
            scenario.miners(),
            START_MILLIS,
            parameters);
    this.devnet = cast(scenario, hosts.isEmpty() ? honest : honest.with(hosts));
    this.wires = new SimNetwork(sim, Weather.calm());
    this.referee = new Referee(sim, trace, devnet.genesis().parameters().money().supplyCap());
    if (scenario.refusesEdge()) {
      referee.expectDisagreement();
    }
    this.succession =
        scenario.validatorsChange()
            ? Optional.of(new Succession(scenario.seed(), devnet, trace))
            : Optional.empty();
    this.downfall = scenario.perjury().map(_ -> downfall());
    this.ambush =
        scenario
            .trouble()
            .ambush()
            .map(blow -> new Ambush((moment, by) -> strike(blow, moment, by)));
    ambush.ifPresent(referee::tell);
    this.amnesia =
        scenario.forgets() ? Optional.of(new Amnesia(scenario, trace, referee)) : Optional.empty();
    addMembers();
    this.developer = purse(devnet.developer());
    this.miners = devnet.miners().stream().map(this::purse).toList();
    this.payers = devnet.validators().stream().map(this::purse).toList();
    referee.tell(new Electorate());
    downfall.ifPresent(it -> {
      referee.tell(it);
      referee.expect(it.culprit());
    });
    succession.ifPresent(it -> {
      referee.tell(it);
      it.begin(sim, developer, payers.getLast());
    });
    this.errand = new Errand(devnet, scenario, trace, developer, miners);
    this.disturbances =
        new Disturbances(
            scenario,
            sim,
            wires,
            trace,
            referee,
            members,
            errand::needsMemory,
            it -> amnesia.ifPresent(loss -> loss.crashed(it)));
    referee.tell(errand);
    this.court = scenario.feud().map(this::court);
    court.ifPresent(referee::tell);
    referee.tell(this::finalized);
    sim.invariant(referee::checkProgress);
  }

  private static Devnet cast(Scenario scenario, Devnet honest) {
    Devnet devnet = honest;
    for (Feud.Role role : scenario.cast()) {
      devnet = devnet.with(role.index(), role.fault());
    }
    return devnet;
  }

  private Member member(Address account) {
    for (int i = 0; i < devnet.validators().size(); i++) {
      if (devnet.validators().get(i).address().equals(account)) {
        return members.get(i);
      }
    }
    int miner = devnet.miners().stream().map(NodeKeys::address).toList().indexOf(account);
    return members.get(devnet.validators().size() + miner);
  }

  /// What happens after the job.
  World then(Sequel next) {
    sequel = Optional.of(next);
    referee.tell(next);
    return this;
  }

  private void overheard(PublicKey by, PublicKey from, Message message) {
    ambush.ifPresent(it -> it.heard(by, message));
    amnesia.ifPresent(it -> it.heard(from, message));
  }

  /// In an event of its own: the message is still on its way into the node.
  private void strike(Blow blow, Ambush.Moment moment, PublicKey by) {
    sim.after(0, () -> disturbances.strike(blow, moment, by));
  }

  private Court court(Feud feud) {
    int crashAt = (int) Math.floorMod(scenario.seed(), 1L + feud.moves(CRASH_MOVES_MAX));
    return new Court(feud, errand.chronicle(), crashAt, who -> disturbances.crashOnce(member(who)));
  }

  private Downfall downfall() {
    Address culprit = devnet.validators().get(scenario.perjurer()).address();
    long stake =
        devnet.genesis().accounts().stream()
            .filter(it -> it.address().equals(culprit))
            .mapToLong(Genesis.GenesisAccount::stake)
            .sum();
    return new Downfall(trace, culprit, stake);
  }

  /// Everyone knows the validators' addresses; miners find one another through the chain.
  private void addMembers() {
    Member.Surroundings around =
        new Member.Surroundings(
            sim, wires, new SeenVotes(), trace, referee, this::overheard, this::machine);
    List<NodeKeys> validators = devnet.validators();
    List<PeerAddress> statics = new ArrayList<>();
    for (int i = 0; i < validators.size(); i++) {
      statics.add(Member.address("validator" + i, validators.get(i).hot().publicKey()));
    }
    for (int i = 0; i < validators.size(); i++) {
      NodeKeys keys = validators.get(i);
      Node.Identity identity =
          new Node.Identity(
              devnet.genesis(),
              keys.hot(),
              Optional.of(keys.vote()),
              EnumSet.of(Role.VALIDATOR),
              without(keys, statics),
              devnet.auditorFault(i),
              Patrons.of(devnet.wallets()));
      members.add(new Member("validator" + i, identity, around, tongue(i)));
    }
    for (int i = 0; i < devnet.miners().size(); i++) {
      Node.Identity identity =
          new Node.Identity(
              devnet.genesis(),
              devnet.miners().get(i).hot(),
              Optional.empty(),
              EnumSet.of(Role.MINER),
              statics,
              devnet.fault(i),
              Patrons.NONE);
      members.add(new Member("miner" + i, identity, around));
    }
    succession.ifPresent(it -> addCandidate(it.joining(), statics, around));
  }

  /// Each name computes in a numeric class of its own choice.
  private Machine machine(String name) {
    return new ReferenceMachine(scenario.isNarrow(name) ? Sums.NARROW : Sums.WIDE);
  }

  private UnaryOperator<Network> tongue(int validator) {
    return scenario.perjury().isPresent() && validator == scenario.perjurer()
        ? wires ->
            new DoubleVoter(
                wires,
                scenario.perjury().get(),
                devnet.genesis().chain(),
                devnet.validators().get(validator).vote(),
                sim)
        : UnaryOperator.identity();
  }

  /// Who joins later dials the others; it is the last of all, so that their places stay theirs.
  private void addCandidate(NodeKeys keys, List<PeerAddress> statics, Member.Surroundings around) {
    Node.Identity identity =
        new Node.Identity(
            devnet.genesis(),
            keys.hot(),
            Optional.of(keys.vote()),
            EnumSet.of(Role.VALIDATOR),
            statics);
    members.add(new Member("candidate", identity, around));
  }

  private static List<PeerAddress> without(NodeKeys self, List<PeerAddress> statics) {
    return statics.stream()
        .filter(it -> !it.peer().equals(Optional.of(self.hot().publicKey())))
        .toList();
  }

  private SimPurse purse(NodeKeys keys) {
    SimPurse purse = new SimPurse(sim, devnet.genesis().chain(), keys.account(), members);
    purses.add(purse);
    referee.tell(purse);
    return purse;
  }

  /// Throws an `AssertionError` that says how to see the run again when a rule of this package is
  /// broken.
  public Outcome run() {
    try {
      live();
      checkEnd();
      members.forEach(Member::stop);
      return outcome();
    } catch (RuntimeException | AssertionError broken) {
      throw new AssertionError(
          "%s%nreplay: %s".formatted(broken.getMessage(), scenario.command()), broken);
    }
  }

  private void live() {
    members.forEach(Member::start);
    if (scenario.steps() > 0) {
      errand.keep(members.getFirst().node());
      sim.after(sim.random().nextLong(ERRAND_MILLIS_MAX), errand::begin);
    }
    planTransfers();
    disturbances.plan();
    long work = (long) scenario.steps() + scenario.transfers();
    sim.after(
        MILLIS_MAX + MILLIS_MAX_EACH * work,
        () -> Referee.check(false, "not over in time: %s", outcome()));
    sim.runUntil(this::isOver);
  }

  private void planTransfers() {
    long span = Math.max(TRANSFER_SPAN_MILLIS, TRANSFER_MILLIS * scenario.transfers());
    for (int i = 0; i < scenario.transfers(); i++) {
      SimPurse payer = payers.get(sim.random().nextInt(payers.size()));
      Address to =
          new Address(
              Hashing.of("payee", Bytes.ofU64(i % payers.size())).bytes().slice(0, Address.SIZE));
      long amount = 1 + sim.random().nextLong(Parameters.NIM);
      sim.after(
          sim.random().nextLong(span),
          () ->
              payer.run(
                  new Transfer(to, amount, Bytes.EMPTY),
                  _ -> {
                    transfers++;
                    given.merge(to, amount, Long::sum);
                  }));
    }
  }

  private void finalized(Block block, Node by) {
    if (errand.isOver() && !sequelBegan) {
      sequelBegan = true;
      sequel.ifPresent(it ->
          it.begin(
              new Sequel.Cast(
                  sim,
                  members,
                  developer,
                  miners,
                  errand.job().orElseThrow(),
                  member -> sim.after(1, () -> disturbances.lose(member)))));
    }
    if (toLose
        && errand.state().equals(Optional.of(JobState.RUNNING))
        && errand.round() >= scenario.lossRound()) {
      toLose = false;
      List<Integer> holders = errand.holders();
      int index = holders.get(sim.random().nextInt(holders.size()));
      lost = Optional.of(devnet.miners().get(index).address());
      Member miner = members.get(devnet.validators().size() + index);
      // In an event of its own: this one is still being handled by its node.
      sim.after(1, () -> disturbances.lose(miner));
    }
  }

  private boolean isOver() {
    boolean done =
        disturbances.isOver()
            && transfers == scenario.transfers()
            && purses.stream().allMatch(SimPurse::isIdle)
            && (scenario.steps() == 0 || errand.isOver())
            && succession.map(Succession::isOver).orElse(true)
            && sequel.map(Sequel::isOver).orElse(true)
            && amnesia.map(Amnesia::isOver).orElse(true)
            && downfall.map(it -> it.isOver(referee.epoch())).orElse(true);
    if (!done) {
      return false;
    }
    if (goal == Long.MAX_VALUE) {
      goal = referee.height() + BLOCKS_AFTER;
    }
    return living().stream().allMatch(it -> it.node().chain().height() >= goal);
  }

  private List<Member> living() {
    return members.stream().filter(it -> !it.isLost()).toList();
  }

  private void checkEnd() {
    TreeMap<Long, List<Entry>> states = new TreeMap<>();
    for (Member member : living()) {
      given.forEach((to, amount) -> {
        long balance = Accounts.get(member.node().chain().liveState(), to).balance();
        Referee.check(balance == amount, "%s holds %d, was given %d", to, balance, amount);
      });
      // W15
      List<Misconduct.Votes> kept = member.node().chain().evidence(FinalizedChain.EVIDENCE_MAX);
      Referee.check(kept.isEmpty(), "%s keeps %s", member.name(), kept);
      // W9
      List<Entry> state =
          member.disk().database().scan(Family.STATE, Range.prefix(Bytes.EMPTY, Range.LIMIT_MAX));
      List<Entry> other = states.putIfAbsent(member.node().chain().height(), state);
      Referee.check(other == null || other.equals(state), "%s holds another state", member.name());
    }
    if (scenario.steps() > 0) {
      checkJob();
    }
  }

  private void checkJob() {
    // W8
    boolean completed = errand.state().equals(Optional.of(JobState.COMPLETED));
    Referee.check(
        completed || scenario.spares() < scenario.vacancies(),
        "the job ended %s though there were miners",
        errand.state());
    Referee.check(
        !completed || scenario.vacancies() == 0 || scenario.spares() > 0,
        "the job completed without a miner");
    checkFates();
    court.ifPresent(Court::check);
  }

  /// W10, W11.
  private void checkFates() {
    Set<Address> slashed = new TreeSet<>(errand.chronicle().slashed().keySet());
    Set<Address> struck = new TreeSet<>(errand.chronicle().struck().keySet());
    lost.ifPresent(slashed::remove);
    lost.ifPresent(struck::remove);
    scenario
        .fault()
        .filter(it -> it.side() == Fault.Side.MINER)
        .ifPresent(fault -> {
          Address deviant = devnet.miners().get(scenario.deviant()).address();
          boolean taken = slashed.remove(deviant);
          boolean warned = struck.remove(deviant);
          boolean met =
              switch (fault.fate()) {
                case SLASHED -> taken;
                case CAUGHT -> taken || warned;
                case REPLACED -> warned && !taken;
                case NONE -> !taken;
              };
          Referee.check(met, "%s: slashed %s, struck %s", fault, taken, warned);
        });
    Referee.check(slashed.isEmpty(), "slashed are %s", errand.chronicle().slashed());
    Referee.check(
        scenario.fault().isPresent() || errand.chronicle().suspected().isEmpty(),
        "suspected are %s",
        errand.chronicle().suspected());
    Referee.check(
        !scenario.isCalm() || scenario.refusesEdge() || struck.isEmpty(),
        "struck are %s",
        errand.chronicle().struck());
  }

  private Outcome outcome() {
    return new Outcome(
        scenario,
        sim.nowMillis(),
        trace.events(),
        referee.height(),
        referee.viewsSkipped(),
        referee.gapMillisMax(),
        referee.heardEarly(),
        transfers,
        disturbances.crashes(),
        scenario.trouble().splits(),
        scenario.trouble().storms(),
        errand.state(),
        PlayedDispute.of(errand.chronicle().entries()),
        trace.digest());
  }
}
