package nimble.consensus;

import java.util.List;
import java.util.Optional;
import nimble.types.Hash;

/// Everything that can happen to the engine. There is no other way in.
public sealed interface Input {
  /// The first input, once: what the vote log holds, in any order, torn tail cut off.
  record Started(List<VoteRecord> records) implements Input {
    public Started {
      records = List.copyOf(records);
    }
  }

  /// Answers [Effect.Build]; nothing if the payload cannot be built.
  record Built(long view, Optional<Hash> digest) implements Input {}

  /// A vote arrived from its signer, or this node signed it ([Effect.Cast]). Signature unchecked.
  record Voted(SignedVote vote) implements Input {}

  /// Answers [Effect.CheckVote].
  record VoteChecked(SignedVote vote, boolean valid) implements Input {}

  /// Answers [Effect.CheckVotes].
  ///
  /// @param sum the base and all good votes as one aggregate; nothing if there is neither
  /// @param bad whose signature does not verify
  record VotesChecked(Vote vote, Optional<Certificate> sum, SignerSet bad) implements Input {}

  /// Answers [Effect.CheckEvidence].
  record EvidenceChecked(SignedVote first, SignedVote second, boolean valid) implements Input {}

  /// A certificate arrived. Signature unchecked.
  record CertificateSeen(Certificate certificate) implements Input {}

  /// Answers [Effect.CheckCertificate].
  record CertificateChecked(Certificate certificate, boolean valid) implements Input {}

  /// Answers [Effect.VerifyPayload], as soon as there is a verdict; "I don't know yet" is silence.
  record PayloadVerified(Proposal proposal, boolean valid) implements Input {}

  /// Answers [Effect.Certify]: the payload is executed and durable. There is no negative answer.
  ///
  /// @param last whether the payload ends the epoch (rule 11): the same on every node
  record PayloadCertified(Proposal proposal, boolean last) implements Input {}

  /// A payload is about to be built that carries finalize votes, those on so many of the newest
  /// final proposals: the late ones among them are checked.
  record VotesWanted(int proposals) implements Input {}

  /// A peer asks for certificates.
  ///
  /// @param peer the driver's name for it; comes back in [Effect.SendTo]
  record Requested(int peer, Request request) implements Input {}

  /// A timer that [Effect.StartTimer] armed has run out.
  record TimerFired(long view, TimerKind kind) implements Input {}
}
