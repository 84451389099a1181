package nimble.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import nimble.codec.Bytes;
import nimble.storage.Place;
import nimble.storage.VoteLog;
import nimble.storage.file.FileVoteLog;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A vote on a real disk: written, synced, and forgotten as the floor rises.
@State(Scope.Benchmark)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VoteLogBench {
  private static final Bytes VOTE = Bytes.wrap(new byte[200]);
  private static final int KEPT = 100;

  private final VoteLog log;
  private long view;

  public VoteLogBench() {
    try {
      log = FileVoteLog.create(Files.createTempDirectory("nimble-bench-votes-"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Benchmark
  public void vote() {
    log.append(new Place(0, ++view), VOTE);
    if (view > KEPT) {
      log.raise(new Place(0, view - KEPT));
    }
    log.sync();
  }
}
