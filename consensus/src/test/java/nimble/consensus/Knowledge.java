package nimble.consensus;

import static java.util.stream.Collectors.toSet;

import java.util.Set;

/// What can be seen of a validator from outside its engine: what the model says of it, or what a
/// [Puppet] has observed.
///
/// @param own votes that it signed
/// @param seen certificates that it holds
/// @param proposals the first of each view that its leader signed
/// @param building payloads that it was told to build, as the leader
/// @param asked whose payload the application was asked about
/// @param certifying what is to be executed, one per view
/// @param certified what is notarized, executed and durable here
/// @param finals since the last start
record Knowledge(
    long view,
    Set<Vote> own,
    Set<Vote> seen,
    Set<Proposal> proposals,
    Set<Effect.Build> building,
    Set<Proposal> asked,
    Set<Proposal> certifying,
    Set<Proposal> certified,
    Set<Proposal> finals) {
  /// Certified alone is not enough.
  Set<Proposal> certifiedHere() {
    return certified.stream()
        .filter(proposal -> seen.contains(new Vote.Notarize(proposal)))
        .collect(toSet());
  }

  /// Without what [Summary] leaves out.
  Knowledge recent() {
    long oldest = finals.stream().mapToLong(Proposal::view).max().orElse(0) - 2;
    return new Knowledge(
        view,
        own,
        seen,
        since(oldest, proposals),
        building,
        asked,
        certifying,
        since(oldest, certifiedHere()),
        finals);
  }

  private static Set<Proposal> since(long oldest, Set<Proposal> proposals) {
    return proposals.stream().filter(proposal -> proposal.view() >= oldest).collect(toSet());
  }
}
