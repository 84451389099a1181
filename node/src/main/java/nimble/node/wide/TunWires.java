package nimble.node.wide;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import nimble.codec.Bytes;

/// A TUN device for each host, and threads that carry packets between them (X2).
final class TunWires implements Wires {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int DESTINATION = 16;
  private static final int HEADER = 20;
  private static final int QUEUE_MAX = 200_000;
  private static final int PERCENT = 100;

  private record Packet(Bytes bytes, int to, long dueNanos, long number) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Packet that = (Packet) other;
      long later = dueNanos - that.dueNanos;
      return later != 0 ? Long.signum(later) : Long.compare(number, that.number);
    }
  }

  private final Namespaces namespaces;
  private final int lossPercent;
  private final List<Tun> devices = new ArrayList<>();
  private final AtomicIntegerArray delays;
  private final AtomicIntegerArray groups;
  private final DelayQueue<Packet> underWay = new DelayQueue<>();
  private final AtomicLong numbers = new AtomicLong();
  private volatile boolean closed;

  TunWires(int hosts, int lossPercent) throws IOException, InterruptedException {
    this.namespaces = new Namespaces(hosts);
    this.lossPercent = lossPercent;
    this.delays = new AtomicIntegerArray(hosts);
    this.groups = new AtomicIntegerArray(hosts);
    try {
      for (int host = 0; host < hosts; host++) {
        connect(host);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    for (int host = 0; host < hosts; host++) {
      int from = host;
      thread("wire-" + from, () -> take(from));
    }
    thread("wires", this::give);
  }

  private static void thread(String name, Runnable work) {
    Thread.ofPlatform().daemon().name(name).start(work);
  }

  private void connect(int host) throws IOException, InterruptedException {
    String name = namespaces.name(host);
    String device = "nt%d-%d".formatted(ProcessHandle.current().pid() % 1_000_000, host);
    devices.add(new Tun(device));
    Commands.run("ip", "link", "set", device, "netns", name);
    Commands.run("ip", "-n", name, "addr", "add", Wires.address(host) + "/16", "dev", device);
    Commands.run("ip", "-n", name, "link", "set", device, "up");
  }

  private void take(int from) {
    SplittableRandom random = new SplittableRandom(from);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Tun.PACKET_MAX);
      while (!closed) {
        long size = devices.get(from).read(buffer);
        if (size < 0) {
          return;
        }
        if (size >= HEADER && buffer.get(ValueLayout.JAVA_BYTE, 0) >> 4 == 4) {
          carry(from, buffer.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE), random);
        }
      }
    }
  }

  private void carry(int from, byte[] bytes, SplittableRandom random) {
    int to = bytes[DESTINATION + 2] & 0xff;
    boolean known = bytes[DESTINATION] == 10 && bytes[DESTINATION + 1] == 77 && to < devices.size();
    if (!known
        || groups.get(from) != groups.get(to)
        || random.nextInt(PERCENT) < lossPercent
        || underWay.size() >= QUEUE_MAX) {
      return;
    }
    long due = System.nanoTime() + (delays.get(from) + delays.get(to)) * NANOS_PER_MILLI;
    underWay.add(new Packet(Bytes.wrap(bytes), to, due, numbers.getAndIncrement()));
  }

  /// What is under way when a partition begins is lost.
  private void give() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Tun.PACKET_MAX);
      while (!closed) {
        Packet packet = underWay.take();
        buffer.asByteBuffer().put(packet.bytes().asBuffer());
        devices.get(packet.to()).write(buffer.asSlice(0, packet.bytes().size()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String kind() {
    return "tun";
  }

  @Override
  public List<String> on(int host) {
    return namespaces.on(host);
  }

  @Override
  public void delay(int host, int millis) {
    delays.set(host, millis);
  }

  @Override
  public void split(List<Integer> newGroups) {
    for (int host = 0; host < newGroups.size(); host++) {
      groups.set(host, newGroups.get(host));
    }
  }

  /// The devices go with their namespaces, and their readers end.
  @Override
  public void close() throws IOException, InterruptedException {
    closed = true;
    namespaces.close();
    devices.forEach(Tun::close);
    devices.clear();
  }
}
