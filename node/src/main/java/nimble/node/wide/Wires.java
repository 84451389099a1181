package nimble.node.wide;

import java.io.IOException;
import java.util.List;

/// What hosts are connected by (X1). Host `i` has the address `10.77.i.1`.
public interface Wires extends AutoCloseable {
  int HOSTS_MAX = 64;

  /// `netem` or `tun`.
  String kind();

  /// A command that runs what follows it on a host.
  List<String> on(int host);

  static String address(int host) {
    return "10.77.%d.1".formatted(host);
  }

  /// From now on: one way between a host and the middle of the star.
  void delay(int host, int millis) throws IOException, InterruptedException;

  /// From now on hosts reach those of the same group only.
  ///
  /// @param groups the group of each host
  void split(List<Integer> groups) throws IOException, InterruptedException;

  @Override
  void close() throws IOException, InterruptedException;

  /// Of `tc netem`, else of TUN devices; an `IOException` says why neither can be had.
  ///
  /// @param lossPercent of the packets that a host sends
  static Wires open(int hosts, int lossPercent) throws IOException, InterruptedException {
    IOException reason;
    try {
      return new NetemWires(hosts, lossPercent);
    } catch (IOException e) {
      reason = e;
    }
    try {
      return new TunWires(hosts, lossPercent);
    } catch (IOException e) {
      e.addSuppressed(reason);
      throw new IOException("no wires: %s; %s".formatted(reason.getMessage(), e.getMessage()), e);
    }
  }
}
