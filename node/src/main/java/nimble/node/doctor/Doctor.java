package nimble.node.doctor;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.p2p.PeerAddress;

/// Looks at everything that a node stands on.
///
/// @param votes whether the node is to be a validator
/// @param api empty when it has none
/// @param running how far the node's chain is, if it runs now
/// @param timeServer to compare the clock with
public record Doctor(
    Path directory,
    boolean votes,
    InetSocketAddress listen,
    Optional<InetSocketAddress> api,
    List<PeerAddress> peers,
    Optional<Long> running,
    Optional<String> timeServer) {
  public Doctor {
    peers = List.copyOf(peers);
  }

  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>(MachineChecks.run());
    findings.addAll(new DiskChecks(directory, votes).run());
    boolean runs = running.isPresent();
    findings.add(NetworkChecks.port("p2p.listen", listen.getHostString(), listen.getPort(), runs));
    api.ifPresent(it ->
        findings.add(NetworkChecks.port("api.listen", it.getHostString(), it.getPort(), runs)));
    findings.addAll(NetworkChecks.peers(peers));
    findings.add(NetworkChecks.router(listen.getHostString(), listen.getPort()));
    findings.add(ClockCheck.run(timeServer, running));
    return findings;
  }
}
