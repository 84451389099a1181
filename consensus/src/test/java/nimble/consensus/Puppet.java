package nimble.consensus;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import nimble.consensus.Effect.Build;
import nimble.consensus.Vote.Notarize;
import nimble.consensus.VoteRecord.Floor;
import nimble.types.Hash;

/// One engine and its driver, with a script instead of a network: signatures are good, checks are
/// answered at once, everything else comes from the [Trace].
final class Puppet {
  private final Committee committee;
  private final Hash genesis;
  private final Guards guards;
  private final List<VoteRecord> log = new ArrayList<>();
  private final Set<Vote> cast = new LinkedHashSet<>();
  private final Set<Build> building = new LinkedHashSet<>();
  private final Set<Proposal> asked = new LinkedHashSet<>();
  private final LinkedHashMap<Long, Proposal> certifying = new LinkedHashMap<>();
  private final Set<Proposal> finals = new LinkedHashSet<>();
  private Engine engine;

  Puppet(Committee committee, Hash genesis, Guards guards) {
    this.committee = committee;
    this.genesis = genesis;
    this.guards = guards;
    restart();
  }

  /// Memory is lost.
  void restart() {
    building.clear();
    asked.clear();
    certifying.clear();
    finals.clear();
    finals.add(Proposal.genesis(committee.epoch(), genesis));
    engine = new Engine(committee, Timing.DEFAULT, genesis, guards);
    step(new Input.Started(log));
  }

  /// The vote log is lost: a floor above the epoch is the first entry of the new one.
  void replace() {
    log.clear();
    cast.clear();
    log.add(new Floor(committee.epoch() + 1, 0));
    restart();
  }

  void step(Input input) {
    ArrayDeque<Input> inbox = new ArrayDeque<>(List.of(input));
    while (!inbox.isEmpty()) {
      for (Effect effect : engine.step(inbox.remove())) {
        perform(effect).ifPresent(inbox::add);
      }
    }
  }

  /// What there is to answer at once.
  private Optional<Input> perform(Effect effect) {
    switch (effect) {
      case Effect.Persist(VoteRecord entry) -> log.add(entry);
      case Effect.Cast(Vote vote) -> {
        assertTrue(log.contains(new VoteRecord.Voted(vote)), () -> vote + " is not durable");
        cast.add(vote);
      }
      case Build build -> building.add(build);
      case Effect.VerifyPayload(Proposal proposal, Proposal _) -> asked.add(proposal);
      case Effect.Certify(Proposal proposal, Proposal _) ->
          certifying.put(proposal.view(), proposal);
      case Effect.Finalized(List<Proposal> chain, Certificate _) -> finals.addAll(chain);
      case Effect.CheckVote(SignedVote vote) -> {
        return Optional.of(new Input.VoteChecked(vote, true));
      }
      case Effect.CheckVotes check -> {
        return Optional.of(
            new Input.VotesChecked(check.vote(), Optional.of(sum(check)), SignerSet.NONE));
      }
      case Effect.CheckEvidence(SignedVote first, SignedVote second) -> {
        return Optional.of(new Input.EvidenceChecked(first, second, true));
      }
      case Effect.CheckCertificate(Certificate certificate) -> {
        return Optional.of(new Input.CertificateChecked(certificate, true));
      }
      case Effect.Stop(String reason) -> fail(reason);
      case Effect.Broadcast _,
          Effect.SendTo _,
          Effect.Publish _,
          Effect.FetchPayload _,
          Effect.StartTimer _,
          Effect.Evidence _,
          Effect.Report _ -> {}
    }
    return Optional.empty();
  }

  private static Certificate sum(Effect.CheckVotes check) {
    int[] signers =
        Stream.concat(
                check.votes().stream().map(SignedVote::signer),
                check.base().stream().flatMap(base -> base.signers().indexes().stream()))
            .mapToInt(Integer::intValue)
            .toArray();
    return Scene.certificate(check.vote(), signers);
  }

  Knowledge knowledge() {
    assertEquals(cast, logged(VoteRecord.Voted.class, VoteRecord.Voted::vote), "signed and logged");
    Set<Vote> seen = logged(VoteRecord.Seen.class, entry -> entry.certificate().vote());
    Summary summary = engine.summary();
    return new Knowledge(
            engine.view(),
            Set.copyOf(cast),
            seen,
            summary.rounds().stream().flatMap(round -> round.proposal().stream()).collect(toSet()),
            Set.copyOf(building),
            Set.copyOf(asked),
            Set.copyOf(certifying.values()),
            seen.stream()
                .filter(Notarize.class::isInstance)
                .flatMap(vote -> vote.choice().stream())
                .filter(proposal -> isCertified(summary, proposal))
                .collect(toSet()),
            Set.copyOf(finals))
        .recent();
  }

  private static boolean isCertified(Summary summary, Proposal proposal) {
    return summary.rounds().stream()
        .anyMatch(round -> round.view() == proposal.view() && round.certified());
  }

  private <R extends VoteRecord> Set<Vote> logged(Class<R> kind, Function<R, Vote> vote) {
    return log.stream().filter(kind::isInstance).map(kind::cast).map(vote).collect(toSet());
  }
}
