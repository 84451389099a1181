package nimble.consensus.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import nimble.consensus.Certificate;
import nimble.consensus.Committee;
import nimble.consensus.Effect;
import nimble.consensus.Engine;
import nimble.consensus.Input;
import nimble.consensus.Message;
import nimble.consensus.Proposal;
import nimble.consensus.Request;
import nimble.consensus.SignedVote;
import nimble.consensus.SignerSet;
import nimble.consensus.TimerKind;
import nimble.consensus.Vote;
import nimble.consensus.VoteRecord;
import nimble.sim.Sim;
import nimble.types.Hash;

/// The honest driver of one engine: an inbox, a disk that is synced once a turn, timers, payloads.
final class Node {
  private static final int TURN_MAX = 256;
  private static final int CHECK_MAX_MILLIS = 4;
  private static final int SYNC_MAX_MILLIS = 4;
  private static final int CATCH_UP_MILLIS = 200;

  private record Timer(long view, TimerKind kind) {}

  private final int id;
  private final World world;
  private final int index;
  private final Optional<Behaviour> behaviour;
  private final Store store = new Store();
  private final ArrayDeque<Input> inbox = new ArrayDeque<>();
  private final LinkedHashMap<Timer, Sim.Event> timers = new LinkedHashMap<>();
  private final List<Effect> waiting = new ArrayList<>();
  private final List<Proposal> finals = new ArrayList<>();

  /// What ended each epoch. This, and where the present one begins, is in the database.
  private final TreeMap<Long, Certificate> ended = new TreeMap<>();

  private Committee committee;
  private Hash genesis = Library.GENESIS;
  private Optional<Certificate> newest = Optional.empty();
  private Engine engine;
  private boolean up;
  private boolean busy;
  private int life;

  Node(int id, World world, int index, Optional<Behaviour> behaviour) {
    this.id = id;
    this.world = world;
    this.index = index;
    this.behaviour = behaviour;
    this.committee = world.committee(index, 0);
    this.engine = world.engine(this, genesis);
  }

  int id() {
    return id;
  }

  int index() {
    return index;
  }

  /// The payload that ended the epoch before.
  Hash genesis() {
    return genesis;
  }

  Committee committee() {
    return committee;
  }

  Engine engine() {
    return engine;
  }

  Store store() {
    return store;
  }

  boolean isUp() {
    return up;
  }

  boolean isHonest() {
    return behaviour.isEmpty();
  }

  SplittableRandom random() {
    return world.sim().random();
  }

  void start(List<VoteRecord> records) {
    up = true;
    step(new Input.Started(records));
    later(CATCH_UP_MILLIS, this::catchUp);
  }

  void crash() {
    stop();
    finals.clear();
    store.crash(random());
  }

  private void stop() {
    up = false;
    busy = false;
    life++;
    inbox.clear();
    waiting.clear();
    newest = Optional.empty();
    timers.values().forEach(Sim.Event::cancel);
    timers.clear();
  }

  /// Rule 11: the last payload of the epoch is final, and here.
  private boolean endsEpoch() {
    Hash last = engine.lastFinal().digest();
    if (newest.isEmpty() || !store.isDurable(last) || !world.library().read(last).isLast()) {
      return false;
    }
    ended.put(committee.epoch(), newest.get());
    stop();
    committee = world.committee(index, committee.epoch() + 1);
    genesis = last;
    engine = world.engine(this, genesis);
    VoteRecord floor = new VoteRecord.Floor(committee.epoch(), 0);
    store.append(floor);
    world.referee().began(this);
    start(List.of(floor));
    return true;
  }

  void restart() {
    List<VoteRecord> records = store.recover();
    world.referee().restarted(this, records);
    engine = world.engine(this, genesis);
    start(records);
  }

  /// On a new disk: it has to follow in silence.
  void restartWithoutLog() {
    store.wipe();
    store.recover();
    VoteRecord floor = new VoteRecord.Floor(committee.epoch() + 1, 0);
    store.append(floor);
    world.referee().restarted(this, List.of());
    engine = world.engine(this, genesis);
    start(List.of(floor));
  }

  /// Unless this life ends before.
  void later(long millis, Runnable action) {
    int then = life;
    world
        .sim()
        .after(
            millis,
            () -> {
              if (life == then) {
                action.run();
              }
            });
  }

  private void step(Input input) {
    inbox.add(input);
    wake();
  }

  private void wake() {
    if (!busy && (!inbox.isEmpty() || store.hasUnsynced())) {
      busy = true;
      later(0, this::turn);
    }
  }

  /// Drain, step, write, sync; then everything that others can see.
  private void turn() {
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < TURN_MAX && !inbox.isEmpty(); i++) {
      Input input = inbox.remove();
      world.trace(this, input);
      world.referee().stepping(this, input);
      effects.addAll(engine.step(input));
    }
    for (Effect effect : effects) {
      if (effect instanceof Effect.Persist(VoteRecord record)) {
        store.append(record);
      }
    }
    if (store.hasUnsynced()) {
      later(random().nextInt(1, SYNC_MAX_MILLIS), () -> finish(effects));
    } else {
      finish(effects);
    }
  }

  private void finish(List<Effect> effects) {
    for (Proposal proposal : store.sync()) {
      if (proposal.epoch() == committee.epoch()) {
        inbox.add(new Input.PayloadCertified(proposal, payload(proposal).isLast()));
      }
    }
    for (Effect effect : effects) {
      world.referee().performing(this, effect);
      if (behaviour.isEmpty() || !behaviour.get().performs(effect, this)) {
        perform(effect);
      }
    }
    if (!endsEpoch()) {
      tryWaiting();
      busy = false;
      wake();
    }
  }

  void perform(Effect effect) {
    switch (effect) {
      case Effect.Cast(Vote vote) -> {
        SignedVote signed = sign(vote);
        step(new Input.Voted(signed));
        broadcast(new Packet.Said(signed));
      }
      case Effect.Broadcast(Message message) -> broadcast(new Packet.Said(message));
      case Effect.SendTo(int peer, Message message) -> send(peer, new Packet.Said(message));
      case Effect.Publish(Proposal proposal) -> broadcast(new Packet.Body(payload(proposal)));
      case Effect.Build(long view, Proposal parent) -> build(view, parent);
      case Effect.VerifyPayload _ -> waiting.add(effect);
      case Effect.Certify _ -> later(executionMillis(), () -> await(effect));
      case Effect.FetchPayload(Proposal proposal, int peer) -> fetch(proposal.digest(), peer);
      case Effect.CheckVote(SignedVote vote) ->
          answer(new Input.VoteChecked(vote, Keys.verify(vote)));
      case Effect.CheckVotes check -> answer(check(check));
      case Effect.CheckEvidence(SignedVote first, SignedVote second) ->
          answer(
              new Input.EvidenceChecked(first, second, Keys.verify(first) && Keys.verify(second)));
      case Effect.CheckCertificate(Certificate certificate) ->
          answer(new Input.CertificateChecked(certificate, Keys.verify(certificate)));
      case Effect.StartTimer(long view, TimerKind kind, long millis) -> arm(view, kind, millis);
      case Effect.Finalized(List<Proposal> chain, Certificate certificate) -> {
        finals.addAll(chain);
        newest = Optional.of(certificate);
      }
      case Effect.Persist _, Effect.Evidence _, Effect.Report _, Effect.Stop _ -> {}
    }
  }

  private void answer(Input input) {
    later(random().nextInt(1, CHECK_MAX_MILLIS), () -> step(input));
  }

  private static Input check(Effect.CheckVotes check) {
    Predicate<SignedVote> good = Keys::verify;
    List<SignedVote> valid = check.votes().stream().filter(good).toList();
    List<Integer> bad =
        check.votes().stream().filter(good.negate()).map(SignedVote::signer).toList();
    return new Input.VotesChecked(
        check.vote(), Keys.sum(check.vote(), check.base(), valid), SignerSet.of(bad));
  }

  private void arm(long view, TimerKind kind, long millis) {
    Timer timer = new Timer(view, kind);
    Optional.ofNullable(timers.remove(timer)).ifPresent(Sim.Event::cancel);
    timers.put(timer, world.sim().after(millis, () -> step(new Input.TimerFired(view, kind))));
  }

  private void build(long view, Proposal parent) {
    later(
        random().nextInt(1, 30),
        () -> step(new Input.Built(view, Optional.of(propose(view, parent, true).digest()))));
  }

  /// Makes a payload, and holds it.
  Proposal propose(long view, Proposal parent, boolean valid) {
    Payload payload =
        world.library().write(index(), committee.epoch(), view, parent.digest(), valid);
    store.hold(payload);
    return new Proposal(committee.epoch(), view, parent.view(), payload.digest());
  }

  Payload payload(Proposal proposal) {
    return world.library().read(proposal.digest());
  }

  private void fetch(Hash digest, int peer) {
    if (store.held(digest).isEmpty()) {
      send(peer, new Packet.Fetch(digest));
    }
  }

  private void await(Effect effect) {
    waiting.add(effect);
    tryWaiting();
    wake();
  }

  /// Sometimes a machine is busy.
  private int executionMillis() {
    return random().nextInt(20) == 0 ? random().nextInt(1_000) : random().nextInt(5);
  }

  /// Verdicts and certificates that wait for a payload.
  private void tryWaiting() {
    for (Effect effect : List.copyOf(waiting)) {
      boolean done =
          switch (effect) {
            case Effect.VerifyPayload(Proposal proposal, Proposal parent) ->
                verify(proposal, parent);
            case Effect.Certify(Proposal proposal, Proposal _) -> certify(proposal);
            default -> true;
          };
      if (done) {
        waiting.remove(effect);
      }
    }
  }

  private boolean verify(Proposal proposal, Proposal parent) {
    Optional<Payload> payload = store.held(proposal.digest()).filter(_ -> mayFollow(parent));
    payload.ifPresent(body -> {
      boolean valid = body.valid() && body.parent().equals(parent.digest());
      answer(new Input.PayloadVerified(proposal, valid));
    });
    return payload.isPresent();
  }

  /// Whether a last payload is final or not, its child waits until it is here: then the epoch is
  /// over.
  private boolean mayFollow(Proposal parent) {
    return parent.view() == 0 || !payload(parent).isLast() || store.isDurable(parent.digest());
  }

  private boolean certify(Proposal proposal) {
    Optional<Payload> payload = store.held(proposal.digest());
    if (payload.isPresent()) {
      world.referee().certifying(this, payload.get());
      store.store(proposal);
    }
    return payload.isPresent();
  }

  /// Final payloads that this node has not seen are fetched in the background.
  private void catchUp() {
    for (Proposal proposal : List.copyOf(finals)) {
      if (store.isDurable(proposal.digest())) {
        finals.remove(proposal);
      } else if (!certify(proposal)) {
        fetch(proposal.digest(), random().nextInt(committee.size()));
      }
    }
    wake();
    later(CATCH_UP_MILLIS, this::catchUp);
  }

  void receive(Node from, Packet packet) {
    if (!up) {
      return;
    }
    behaviour.ifPresent(faulty -> faulty.hears(packet, this));
    switch (packet) {
      case Packet.Said(Message message) -> hear(from.index(), message);
      case Packet.Body(Payload payload) -> {
        store.hold(payload);
        tryWaiting();
        wake();
      }
      case Packet.Fetch(Hash digest) ->
          store.held(digest).ifPresent(payload -> send(from.index(), new Packet.Body(payload)));
    }
  }

  private void hear(int from, Message message) {
    long epoch = committee.epoch();
    if (message.epoch() < epoch && !(message instanceof Certificate)) {
      // A straggler: it is told what ended its epoch.
      Optional.ofNullable(ended.get(message.epoch()))
          .ifPresent(certificate -> send(from, new Packet.Said(certificate)));
    } else if (message.epoch() > epoch && message instanceof Certificate) {
      send(from, new Packet.Said(new Request(epoch, 1, 1)));
    }
    if (message.epoch() != epoch) {
      return;
    }
    switch (message) {
      case SignedVote vote -> {
        if (vote.signer() == from) {
          step(new Input.Voted(vote));
        }
      }
      case Certificate certificate -> step(new Input.CertificateSeen(certificate));
      case Request request -> step(new Input.Requested(from, request));
    }
  }

  void send(int to, Packet packet) {
    world.network().send(this, to, packet);
  }

  void broadcast(Packet packet) {
    for (int to = 0; to < committee.size(); to++) {
      if (to != index()) {
        send(to, packet);
      }
    }
  }

  /// A faulty node's word, to one or to all, whatever its engine thinks.
  void say(int to, Vote vote) {
    send(to, new Packet.Said(sign(vote)));
  }

  void shout(Vote vote) {
    broadcast(new Packet.Said(sign(vote)));
  }

  private SignedVote sign(Vote vote) {
    world.referee().signed(index(), vote);
    return Keys.sign(index(), vote);
  }
}
