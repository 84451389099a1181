package nimble.consensus;

import java.util.List;
import java.util.Optional;

/// What the driver must do, in list order. A [Persist] is durable before anything that stands after
/// it leaves the node; the driver may sync once for many steps as long as that holds.
public sealed interface Effect {
  /// Append to the vote log.
  record Persist(VoteRecord record) implements Effect {}

  /// Sign with this node's vote key, give back as [Input.Voted], send to all validators. May repeat
  /// a vote, never change one.
  record Cast(Vote vote) implements Effect {}

  /// Send to all validators.
  record Broadcast(Message message) implements Effect {}

  /// Send to one: a validator's index, or the peer of an [Input.Requested].
  record SendTo(int peer, Message message) implements Effect {}

  /// Send this node's own payload to all validators.
  record Publish(Proposal proposal) implements Effect {}

  /// Build a payload on `parent` (certified or final) when there is something to put in it; answer
  /// [Input.Built]. Moot once the engine has left the view.
  record Build(long view, Proposal parent) implements Effect {}

  /// Once the payload and the parent's state are here, answer [Input.PayloadVerified]. The
  /// payload's own parent must be `parent.digest()`.
  record VerifyPayload(Proposal proposal, Proposal parent) implements Effect {}

  /// Once the payload and the parent's state are here: execute it, make the body durable, answer
  /// [Input.PayloadCertified]. Execution that refuses it is our own fault: stop the node.
  record Certify(Proposal proposal, Proposal parent) implements Effect {}

  /// Ask this validator for the payload, unless it is here already.
  record FetchPayload(Proposal proposal, int peer) implements Effect {}

  /// Verify one signature alone; answer [Input.VoteChecked].
  record CheckVote(SignedVote vote) implements Effect {}

  /// Verify these votes on one subject as one aggregate, bisecting if that fails; add the good ones
  /// to `base` (verified, of other signers); answer [Input.VotesChecked].
  record CheckVotes(Vote vote, Optional<Certificate> base, List<SignedVote> votes)
      implements Effect {}

  /// Verify each of the two signatures alone; answer [Input.EvidenceChecked].
  record CheckEvidence(SignedVote first, SignedVote second) implements Effect {}

  /// Verify the aggregate signature; answer [Input.CertificateChecked]. The weight is checked here.
  record CheckCertificate(Certificate certificate) implements Effect {}

  /// Answer [Input.TimerFired] after this time. Replaces a timer with the same view and kind; those
  /// of earlier views may be dropped.
  record StartTimer(long view, TimerKind kind, long millis) implements Effect {}

  /// The last of `chain` and all its ancestors are final, by this certificate. `chain` is what the
  /// engine knows of the way from the last final proposal, oldest first; if the first's parent is
  /// not yet final here, there is a gap, to be filled by height with hash checks. May repeat after
  /// a restart.
  record Finalized(List<Proposal> chain, Certificate certificate) implements Effect {}

  /// Someone broke the rules, provably.
  record Evidence(Misconduct misconduct) implements Effect {}

  /// For the operator's log and metrics.
  record Report(Notice notice) implements Effect {}

  /// Agreement is lost or this node must not go on: stop. Every later step is empty.
  record Stop(String reason) implements Effect {}

  /// What is worth a log line.
  sealed interface Notice {
    record Entered(long view, int leader) implements Notice {}

    record GaveUp(long view, Grounds grounds) implements Notice {}

    record Skipped(long view, int leader) implements Notice {}

    record BadVotes(long view, SignerSet signers) implements Notice {}
  }
}
