package nimble.node.api;

import nimble.api.v1.ConsensusView;
import nimble.api.v1.RoundView;
import nimble.api.v1.TimerView;
import nimble.api.v1.VotesView;
import nimble.consensus.SignerSet;
import nimble.consensus.Summary;
import nimble.node.chain.ConsensusDump;

/// How consensus stands, as the API says it.
final class ConsensusViews {
  private ConsensusViews() {}

  static ConsensusView of(ConsensusDump dump) {
    Summary engine = dump.engine();
    ConsensusView.Builder view =
        ConsensusView.newBuilder()
            .setEpoch(engine.epoch())
            .setView(engine.view())
            .setSelf(engine.self())
            .addAllWeights(engine.weights())
            .setQuorum(engine.quorum())
            .setFinalizedHeight(dump.height())
            .setFinalizedDigest(dump.digest().toString())
            .setFinalizedView(engine.lastFinal().view())
            .setFloorEpoch(engine.floor().epoch())
            .setFloorView(engine.floor().view());
    engine.rounds().forEach(round -> view.addRounds(of(round)));
    dump.timers()
        .forEach(timer ->
            view.addTimers(
                TimerView.newBuilder().setView(timer.view()).setKind(timer.kind().name())));
    return view.build();
  }

  private static RoundView of(Summary.RoundSummary round) {
    RoundView.Builder view =
        RoundView.newBuilder()
            .setView(round.view())
            .setLeader(round.leader())
            .setProposal(round.proposal().map(it -> it.digest().toString()).orElse(""))
            .setPayload(round.payload())
            .setCertified(round.certified());
    round.own().forEach(kind -> view.addOwn(kind.name()));
    round.votes().forEach(votes -> view.addVotes(of(votes)));
    return view.build();
  }

  private static VotesView of(Summary.VotesSummary votes) {
    return VotesView.newBuilder()
        .setKind(votes.kind().name())
        .addAllVoted(votes.voted().indexes())
        .setCertificate(votes.certificate().isPresent())
        .addAllCertified(votes.certificate().orElse(SignerSet.NONE).indexes())
        .build();
  }
}
