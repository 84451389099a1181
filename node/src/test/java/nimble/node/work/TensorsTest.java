package nimble.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.node.Alone;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.training.role.DecodeTensor;
import nimble.training.role.EvidenceName;
import nimble.training.role.SendTensor;
import nimble.training.role.TensorMessage;
import nimble.training.role.auditor.AuditorInput;
import nimble.training.role.miner.MinerInput;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.generation.Sampling;
import org.junit.jupiter.api.Test;

final class TensorsTest {
  private static final PublicKey SELF = SigningKey.fromSeed(Bytes.wrap(new byte[32])).publicKey();

  private record Kept<I>(List<I> inputs, AtomicInteger refusals) implements Inbox<I> {
    Kept() {
      this(new ArrayList<>(), new AtomicInteger());
    }

    @Override
    public boolean offer(I input, long bytes) {
      return refusals.getAndDecrement() <= 0 && inputs.add(input);
    }

    @Override
    public void must(I input) {
      inputs.add(input);
    }

    @Override
    public void start(Owner<I> owner) {}

    @Override
    public void stop() {}
  }

  private final Kept<MinerOwner.Input> miner = new Kept<>();
  private final Kept<GatewayOwner.Input> gateway = new Kept<>();

  private final Kept<AuditorOwner.Input> auditor = new Kept<>();
  private Optional<Inbox<AuditorOwner.Input>> auditing = Optional.empty();

  private static DecodeTensor name(DecodeTensor.Kind kind) {
    return new DecodeTensor(new JobId(1), SELF, 7, 0, 0, true, kind, Sampling.GREEDY);
  }

  private Tensors tensors(Optional<Inbox<MinerOwner.Input>> mining) {
    return new Tensors(Alone.network(SELF), new Roles(mining, Optional.empty(), auditing, gateway));
  }

  @Test
  void theRolesOfOneNodeReachEachOther() {
    Bytes payload = Bytes.utf8("abcd");
    Tensors tensors = tensors(Optional.of(miner));
    tensors.send(new SendTensor(SELF, name(DecodeTensor.Kind.TOKENS), payload));
    tensors.send(new SendTensor(SELF, name(DecodeTensor.Kind.CHOSEN), payload));
    assertEquals(
        List.of(
            new MinerOwner.Input.Direct(
                new MinerInput.TensorReceived(SELF, name(DecodeTensor.Kind.TOKENS), payload))),
        miner.inputs());
    assertEquals(
        List.of(new GatewayOwner.Input.Received(SELF, name(DecodeTensor.Kind.CHOSEN), payload)),
        gateway.inputs());
  }

  /// Other validators may hold what a miner withholds: both are asked.
  @Test
  void evidenceIsAskedOfMinerAndAuditorAndBroughtToTheAuditor() {
    auditing = Optional.of(auditor);
    StageSlot slot = new StageSlot(new JobId(1), 0, 0);
    EvidenceName ask = new EvidenceName(slot, 0, 3, 0, EvidenceName.Kind.ASK);
    EvidenceName index = new EvidenceName(slot, 0, 3, 0, EvidenceName.Kind.INDEX);
    Tensors tensors = tensors(Optional.of(miner));
    tensors.send(new SendTensor(SELF, ask, Bytes.EMPTY));
    tensors.send(new SendTensor(SELF, index, Bytes.utf8("index")));
    assertEquals(
        List.of(new MinerOwner.Input.Direct(new MinerInput.TensorReceived(SELF, ask, Bytes.EMPTY))),
        miner.inputs());
    assertEquals(
        List.of(
            new AuditorOwner.Input.Direct(
                new AuditorInput.EvidenceReceived(SELF, ask, Bytes.EMPTY)),
            new AuditorOwner.Input.Direct(
                new AuditorInput.EvidenceReceived(SELF, index, Bytes.utf8("index")))),
        auditor.inputs());
  }

  /// It is offered again as it is: a row to which a position is added twice is another row.
  @Test
  void whatFindsNoRoomIsHeardOnce() {
    Kept<HostOwner.Input> host = new Kept<>();
    miner.refusals().set(2);
    Roles roles = new Roles(Optional.of(miner), Optional.of(host), Optional.empty(), gateway);
    TensorMessage hidden = new TensorMessage(name(DecodeTensor.Kind.HIDDEN), Bytes.utf8("vectors"));
    while (!roles.deliver(SELF, hidden)) {
      assertEquals(List.of(), miner.inputs());
    }
    assertEquals(1, miner.inputs().size());
    assertEquals(1, host.inputs().size());
  }

  @Test
  void aNodeThatDoesNotMineDropsWhatIsForMiners() {
    tensors(Optional.empty())
        .send(new SendTensor(SELF, name(DecodeTensor.Kind.HIDDEN), Bytes.EMPTY));
    assertEquals(List.of(), miner.inputs());
    assertEquals(List.of(), gateway.inputs());
  }
}
