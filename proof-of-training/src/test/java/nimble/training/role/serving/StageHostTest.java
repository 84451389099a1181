package nimble.training.role.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.StageSlot;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.training.Served;
import nimble.training.ServedStage;
import nimble.training.role.BaseWork;
import nimble.training.role.DecodeTensor;
import nimble.training.role.HostEffect;
import nimble.training.role.Outcome;
import nimble.training.role.SendTensor;
import nimble.training.role.Tiny;
import nimble.training.role.TinyBase;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.vm.generation.Sampling;
import org.junit.jupiter.api.Test;

final class StageHostTest {
  private static final PublicKey GATEWAY = Tiny.key(9);
  private static final Hash CHECKPOINT = Hashing.of("checkpoint");

  private static final ServedStage STAGE =
      new ServedStage(
          Tiny.MODEL.whole(1),
          Optional.of(new ServedStage.Trained(CHECKPOINT, Hashing.of("root"))),
          Optional.empty());

  /// Whoever is never done.
  private static final class Slow implements HostWork {
    @Override
    public BaseWork base() {
      return new BaseWork(STAGE);
    }

    @Override
    public Outcome.Ready load(Optional<ByteSource> checkpoint) {
      throw new AssertionError("nobody runs it");
    }

    @Override
    public Outcome.Probed probe() {
      throw new AssertionError("nobody runs it");
    }

    @Override
    public Outcome.Turned decode(List<Decoder.Turn> turns) {
      throw new AssertionError("nobody runs it");
    }

    @Override
    public Outcome replay(DecodeTensor tensor, Bytes input) {
      throw new AssertionError("nobody runs it");
    }

    @Override
    public Outcome.Closed close() {
      throw new AssertionError("nobody runs it");
    }
  }

  private static StageHost serving() {
    StageHost host = holding(STAGE);
    host.effects();
    host.fetched(CHECKPOINT, Bytes.EMPTY);
    host.computed(task(host), new Outcome.Ready(0));
    host.computed(task(host), new Outcome.Probed(Hashing.of("class")));
    host.effects();
    return host;
  }

  private static StageHost holding(ServedStage stage) {
    HostSeat seat =
        new HostSeat(
            new StageSlot(Tiny.JOB, 0, 0),
            1,
            true,
            true,
            OptionalInt.empty(),
            stage,
            GATEWAY,
            List.of(Optional.of(Tiny.key(1))),
            List.of(),
            new HostSeat.Money(1, new Served(0, 0, Optional.empty()), 1, 1_000_000, 1));
    return new StageHost(seat, new Moment(0, 1), new Slow());
  }

  private static long task(StageHost host) {
    return host.effects().stream()
        .filter(HostEffect.Compute.class::isInstance)
        .mapToLong(effect -> ((HostEffect.Compute) effect).task())
        .findFirst()
        .orElseThrow();
  }

  private static List<String> refusals(StageHost host, DecodeTensor.Kind kind, int messages) {
    List<String> reasons = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      host.received(
          new DecodeTensor(Tiny.JOB, GATEWAY, i, 0, 0, true, kind, Sampling.of(0, 1)), Bytes.EMPTY);
      for (HostEffect effect : host.effects()) {
        if (effect instanceof SendTensor(var _, DecodeTensor name, var payload)
            && name.kind() == DecodeTensor.Kind.REFUSED) {
          reasons.add(DecodeTensor.reason(payload));
        }
      }
    }
    return reasons;
  }

  @Test
  void r26WhateverWaitsAtAStageIsBounded() {
    for (DecodeTensor.Kind kind :
        List.of(DecodeTensor.Kind.TOKENS, DecodeTensor.Kind.RELEASE, DecodeTensor.Kind.REPLAY)) {
      StageHost host = serving();
      // One more is being computed.
      assertEquals(List.of(), refusals(host, kind, 1 + StageHost.WAITING_MAX));
      assertEquals(List.of("busy", "busy"), refusals(host, kind, 2), kind::toString);
    }
  }

  /// However many of its fetches fail: otherwise each failure is two more.
  @Test
  void r29WhatDidNotComeIsAskedForAgainOnce() {
    StageHost host =
        holding(new ServedStage(STAGE.spec(), STAGE.trained(), Optional.of(TinyBase.SPEC)));
    for (int i = 0; i < 3; i++) {
      assertEquals(2, count(host.effects(), HostEffect.FetchData.class));
      host.fetchFailed(CHECKPOINT);
      host.fetchFailed(TinyBase.SPEC.manifest());
      assertEquals(1, count(host.effects(), HostEffect.StartTimer.class));
      host.retry();
    }
  }

  private static long count(List<HostEffect> effects, Class<? extends HostEffect> kind) {
    return effects.stream().filter(kind::isInstance).count();
  }
}
