package nimble.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.node.Alone;
import nimble.node.chain.Reporter;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.storage.Shelf;
import nimble.training.role.serving.Gateway;
import nimble.training.role.serving.GatewayInput;
import nimble.training.role.serving.HostSeats;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.generation.Sampling;
import org.junit.jupiter.api.Test;

final class GatewayOwnerTest {
  private static final SigningKey KEY = SigningKey.fromSeed(Bytes.wrap(new byte[32]));
  private static final PublicKey SELF = KEY.publicKey();

  /// What it holds is from others who want more than it can do.
  private static final class Full implements Inbox<GatewayOwner.Input> {
    private final List<GatewayOwner.Input> inputs = new ArrayList<>();

    @Override
    public boolean offer(GatewayOwner.Input input, long bytes) {
      return false;
    }

    @Override
    public void must(GatewayOwner.Input input) {
      inputs.add(input);
    }

    @Override
    public void start(Owner<GatewayOwner.Input> owner) {}

    @Override
    public void stop() {}
  }

  /// A gateway that keeps no model needs none.
  private static final class NoBlobs implements Blobs, Evidence {
    private static AssertionError asked() {
      return new AssertionError("nobody asks for blobs");
    }

    @Override
    public void fetch(Hash manifest, long bytesMax, Consumer<Blobs.Fetched> done) {
      throw asked();
    }

    @Override
    public void store(Manifest manifest, List<Bytes> chunks, Runnable done) {
      throw asked();
    }

    @Override
    public void fetch(Order order, Consumer<Blobs.Fetched> done) {
      throw asked();
    }

    @Override
    public void keep(
        String group, Manifest manifest, List<Bytes> chunks, Consumer<Shelf.Put> done) {
      throw asked();
    }

    @Override
    public void write(String group, String document, Bytes contents, Consumer<Shelf.Put> done) {
      throw asked();
    }

    @Override
    public void read(String group, String document, Consumer<Optional<Bytes>> done) {
      throw asked();
    }

    @Override
    public void groups(Consumer<SortedSet<String>> done) {
      throw asked();
    }

    @Override
    public void drop(String group) {
      throw asked();
    }
  }

  private final Full inbox = new Full();
  private final List<Runnable> timers = new ArrayList<>();

  private GatewayOwner owner() {
    Roles roles = new Roles(Optional.empty(), Optional.empty(), Optional.empty(), inbox);
    NoBlobs blobs = new NoBlobs();
    Workplace.Parts parts =
        new Workplace.Parts(
            new ChainId("test"),
            KEY,
            FinalizedChains.EMPTY,
            new Tensors(Alone.network(SELF), roles),
            (_, _) -> {},
            blobs,
            blobs,
            (_, action) -> timers.add(action),
            _ -> true,
            _ -> {},
            Reporter.SILENT);
    return new GatewayOwner(parts, new Gateway(SELF), new HostSeats(SELF), Patrons.NONE, inbox);
  }

  /// Else a host that says more than the gateway can hear would keep its rows for ever.
  @Test
  void r27AFullInboxDelaysNoDeadline() {
    List<String> finished = new ArrayList<>();
    GatewayOwner.Reader reader =
        new GatewayOwner.Reader() {
          @Override
          public void token(int id) {}

          @Override
          public void finished(String reason) {
            finished.add(reason);
          }
        };
    GatewayInput.Replica replica =
        new GatewayInput.Replica(0, List.of(SELF), List.of(new GatewayInput.Account(1, 0)));
    GatewayInput.Served model =
        new GatewayInput.Served(new JobId(1), List.of(replica), 8, 256, true);
    GatewayOwner.Request request =
        new GatewayOwner.Request(model, List.of(1), 4, Sampling.GREEDY, new TreeSet<>(), 1_000);
    GatewayOwner owner = owner();
    owner.turn(1_000, List.of(new GatewayOwner.Input.Requested(request, reader)));
    List.copyOf(timers).forEach(Runnable::run);
    owner.turn(2_000, List.copyOf(inbox.inputs));
    assertEquals(List.of("no answer in time"), finished);
  }
}
