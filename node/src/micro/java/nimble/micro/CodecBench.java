package nimble.micro;

import java.util.List;
import java.util.concurrent.TimeUnit;
import nimble.chain.Block.Body;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A body of a thousand transfers between bytes and values.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBench {
  private final Body body = new Body(List.of(), new Fixture(1_000).transfers(1_000), List.of());
  private final Bytes bytes = Writer.encode(body::write);

  @Benchmark
  public Body decodeBody() throws Malformed {
    return Reader.decode(bytes, Body::read);
  }

  @Benchmark
  public Bytes decodeAndEncodeBody() throws Malformed {
    return Writer.encode(Reader.decode(bytes, Body::read)::write);
  }

  @Benchmark
  public Hash rootOfBody() {
    return body.txRoot();
  }

  @Benchmark
  public Hash decodeAndNameTransaction() throws Malformed {
    return Reader.decode(body.transactions().getFirst().encode(), Transaction::read).id();
  }
}
