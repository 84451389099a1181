package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import nimble.node.files.Mistake;

/// What the validators' process has done since it began, or since an earlier moment.
///
/// @param diskBytes of one validator
/// @param compilerSeconds of `processorSeconds`
record Work(
    double seconds,
    long transfers,
    long blocks,
    long diskBytes,
    double processorSeconds,
    double compilerSeconds) {
  /// Below, a node is as fast as one that has run for days (B5).
  private static final double COMPILER_SHARE_MAX = 0.03;

  static Work soFar(Validators validators) throws IOException, Mistake {
    ObjectNode disk = validators.ask("disk");
    return new Work(
        System.nanoTime() / 1e9,
        disk.path("transfers").asLong(),
        disk.path("height").asLong(),
        disk.path("diskBytes").asLong(),
        validators.cpuSeconds(),
        validators.compilerSeconds());
  }

  Work since(Work before) {
    return new Work(
        seconds - before.seconds,
        transfers - before.transfers,
        blocks - before.blocks,
        diskBytes - before.diskBytes,
        processorSeconds - before.processorSeconds,
        compilerSeconds - before.compilerSeconds);
  }

  double transfersPerSecond() {
    return transfers / seconds;
  }

  double cores() {
    return processorSeconds / seconds;
  }

  double compilerShare() {
    return compilerSeconds / processorSeconds;
  }

  boolean isWarm() {
    return compilerShare() < COMPILER_SHARE_MAX;
  }
}
