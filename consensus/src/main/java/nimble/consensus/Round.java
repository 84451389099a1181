package nimble.consensus;

import java.util.LinkedHashSet;
import java.util.Optional;

/// Everything one node knows about one view. Bounded by the number of validators.
final class Round {
  enum Payload {
    UNKNOWN,
    ASKED,
    VERIFIED,
    REFUSED
  }

  /// That a validator's votes of these kinds exclude each other.
  record Accusation(int signer, Vote.Kind first, Vote.Kind second) {
    Accusation(SignedVote first, SignedVote second) {
      this(first.signer(), first.vote().kind(), second.vote().kind());
    }
  }

  final long view;
  final OwnVotes own = new OwnVotes();
  final LinkedHashSet<Accusation> accused = new LinkedHashSet<>();

  /// The parent that this node was told to build on, as the leader.
  Optional<Proposal> buildsOn = Optional.empty();

  /// The first proposal that the leader signed, verified.
  Optional<Proposal> proposal = Optional.empty();

  Payload payload = Payload.UNKNOWN;
  boolean leaderGaveUp;
  boolean equivocated;

  /// Executing and storing; then executed and durable.
  Optional<Proposal> certifying = Optional.empty();

  Optional<Proposal> certified = Optional.empty();

  /// Whether the payload of what is certified ends the epoch (rule 11).
  boolean last;

  Optional<Certificate> notarization = Optional.empty();
  Optional<Certificate> nullification = Optional.empty();
  Optional<Certificate> finalization = Optional.empty();

  private final Ballot notarizes = new Ballot();
  private final Ballot nullifies = new Ballot();
  private final Ballot finalizes = new Ballot();

  Round(long view) {
    this.view = view;
  }

  Ballot ballot(Vote.Kind kind) {
    return switch (kind) {
      case NOTARIZE -> notarizes;
      case NULLIFY -> nullifies;
      case FINALIZE -> finalizes;
    };
  }

  Optional<Certificate> certificate(Vote.Kind kind) {
    return switch (kind) {
      case NOTARIZE -> notarization;
      case NULLIFY -> nullification;
      case FINALIZE -> finalization;
    };
  }

  void store(Certificate certificate) {
    switch (certificate.vote().kind()) {
      case NOTARIZE -> notarization = Optional.of(certificate);
      case NULLIFY -> nullification = Optional.of(certificate);
      case FINALIZE -> finalization = Optional.of(certificate);
    }
  }

  Optional<Proposal> notarized() {
    return notarization.flatMap(certificate -> certificate.vote().choice());
  }

  /// Notarized, executed and durable.
  boolean isCertified() {
    return notarization.isPresent() && certified.equals(notarized());
  }
}
