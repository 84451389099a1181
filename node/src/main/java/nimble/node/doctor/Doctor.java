package nimble.node.doctor;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.api.v1.PeersView;
import nimble.p2p.PeerAddress;

/// Looks at everything that a node stands on.
///
/// @param votes whether the node is to be a validator
/// @param api empty when it has none
/// @param listen empty when it takes no connections
/// @param peersNow what it says of its peers, if it runs now
/// @param running how far the node's chain is, if it runs now
/// @param timeServer to compare the clock with
public record Doctor(
    Path directory,
    boolean votes,
    Optional<InetSocketAddress> listen,
    Optional<InetSocketAddress> api,
    List<PeerAddress> peers,
    Optional<Long> running,
    Optional<PeersView> peersNow,
    Optional<String> timeServer) {
  public Doctor {
    peers = List.copyOf(peers);
  }

  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>(MachineChecks.run());
    findings.addAll(new DiskChecks(directory, votes).run());
    boolean runs = running.isPresent();
    listen.ifPresent(it ->
        findings.add(NetworkChecks.port("p2p.listen", it.getHostString(), it.getPort(), runs)));
    api.ifPresent(it ->
        findings.add(NetworkChecks.port("api.listen", it.getHostString(), it.getPort(), runs)));
    findings.addAll(NetworkChecks.peers(peers));
    findings.add(
        peersNow
            .map(it -> ReachCheck.told(it.getReach()))
            .orElseGet(() -> ReachCheck.seen(listen)));
    findings.add(ClockCheck.run(timeServer, running));
    return findings;
  }
}
