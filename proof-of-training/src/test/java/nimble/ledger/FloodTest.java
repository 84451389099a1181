package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.types.PublicKey;
import nimble.types.Signature;
import org.junit.jupiter.api.Test;

/// Floods cost little, counted in what is dear: signature checks and reads of state.
final class FloodTest {
  private static final int FLOOD = 10_000;
  private static final int SENDERS = 1_000;
  private static final Signature NONE = new Signature(Bytes.wrap(new byte[Signature.SIZE]));

  private final TestChain chain = TestChain.create();
  private final Mempool pool = new Mempool(new PoolLimits(2_000, 8 << 20), chain.rules);
  private long checks;
  private long reads;

  private PoolView view() {
    StateView state = chain.view();
    return new PoolView(
        key -> {
          reads++;
          return state.get(key);
        },
        TestChain.CHAIN,
        chain.parameters,
        chain.poolView().timeMillis());
  }

  private Optional<Refusal> offer(Transaction transaction) {
    return pool.offer(
        transaction,
        view(),
        (key, preimage, signature) -> {
          checks++;
          return chain.signatures().holds(key, preimage, signature);
        });
  }

  private static PublicKey stranger(int index) {
    return new PublicKey(Hashing.of("stranger", Bytes.ofU64(index)).bytes());
  }

  private static Transaction unsigned(
      PublicKey sender, long nonce, long untilMillis, long maxFee, Bytes memo) {
    return new Transaction(
        new Transaction.Unsigned(
            TestChain.CHAIN,
            sender,
            nonce,
            untilMillis,
            maxFee,
            0,
            new Transfer(People.FRIEND.address(), 1, memo)),
        NONE);
  }

  private static Transaction gift(int stranger, long nonce, long tip) {
    return new Transaction(
        new Transaction.Unsigned(
            TestChain.CHAIN,
            stranger(stranger),
            nonce,
            10_000_000,
            200_000,
            tip,
            new Transfer(People.FRIEND.address(), 1, Bytes.EMPTY)),
        NONE);
  }

  /// A few senders fill a pool, and pay nothing: their tips stand behind a gap, or behind
  /// transactions without one.
  @Test
  void l13TipsOutOfReachKeepNobodyOut() {
    for (int i = 0; i <= 150; i++) {
      chain.run(
          People.DEVELOPER,
          new Transfer(AddressForm.addressOf(stranger(i)), 1_000_000, Bytes.EMPTY));
    }
    for (int first = 0; first < 2; first++) {
      Mempool small = new Mempool(new PoolLimits(300, 8 << 20), chain.rules);
      for (int i = 0; i < 300; i++) {
        int nonce = 1 - first + i / 150;
        assertEquals(Optional.empty(), taken(small, gift(i % 150, nonce, nonce == 0 ? 0 : 90)));
      }
      Transaction honest = gift(150, 0, 1);
      assertEquals(Optional.empty(), taken(small, honest));
      assertEquals(300, small.transactionCount());
      assertTrue(small.transaction(honest.id()).isPresent());
    }
  }

  private Optional<Refusal> taken(Mempool small, Transaction transaction) {
    return small.offer(transaction, chain.poolView(), (_, _, _) -> true);
  }

  private long work(Runnable task) {
    long before = checks * 20 + reads;
    task.run();
    return checks * 20 + reads - before;
  }

  private void flood(List<Transaction> flood) {
    flood.forEach(transaction -> assertTrue(offer(transaction).isPresent(), "was taken"));
  }

  @Test
  void l13UnpayableOnesCostNoSignatureCheck() {
    flood(
        IntStream.range(0, FLOOD)
            .mapToObj(
                i -> unsigned(stranger(i % SENDERS), i / SENDERS, 10_000_000, 200_000, Bytes.EMPTY))
            .toList());
    assertEquals(0, checks);
    assertTrue(reads <= 2L * FLOOD, reads + " reads");
  }

  @Test
  void l13StaleOnesCostNoSignatureCheck() {
    chain.run(People.DEVELOPER, LedgerTest.transfer(People.FRIEND, 1));
    PublicKey sender = People.DEVELOPER.key().publicKey();
    flood(
        IntStream.range(0, FLOOD)
            .mapToObj(
                i -> unsigned(sender, 0, i % 2 == 0 ? 10_000_000 : 1, 200_000, Bytes.ofU64(i)))
            .toList());
    assertEquals(0, checks);
    assertTrue(reads <= 2L * FLOOD, reads + " reads");
  }

  @Test
  void l13DuplicatesCostNothing() {
    Transaction once =
        chain.transaction(People.DEVELOPER, 0, 0, LedgerTest.transfer(People.FRIEND, 1));
    assertEquals(Optional.empty(), offer(once));
    long before = reads;
    flood(IntStream.range(0, FLOOD).mapToObj(_ -> once).toList());
    assertEquals(1, checks);
    assertTrue(reads - before <= FLOOD, reads + " reads");
  }

  @Test
  void l13AFloodDoesNotMakeHonestOnesDearer() {
    Transaction honest =
        chain.transaction(People.DEVELOPER, 0, 5, LedgerTest.transfer(People.FRIEND, 1));
    long alone =
        work(() -> {
          assertEquals(Optional.empty(), offer(honest));
          build(1);
        });
    pool.drop(honest.id());
    List<Transaction> flood = new ArrayList<>();
    for (int i = 0; i < FLOOD; i++) {
      flood.add(unsigned(stranger(i % SENDERS), 0, 10_000_000, 200_000, Bytes.ofU64(i)));
    }
    flood(flood);
    long among =
        work(() -> {
          assertEquals(Optional.empty(), offer(honest));
          build(1);
        });
    assertTrue(among < 2 * alone, "%d units of work, %d alone".formatted(among, alone));
  }

  private void build(int expected) {
    StateView state = chain.view();
    var built =
        new BlockBuilder(chain.ledger)
            .build(
                key -> {
                  reads++;
                  return state.get(key);
                },
                chain.next(),
                pool,
                List.of());
    assertEquals(expected, built.body().transactions().size());
  }

  @Test
  void l13WhatASenderCanNoLongerPayLeavesThePool() {
    Transaction spends =
        chain.transaction(
            People.DEVELOPER, 0, 0, LedgerTest.transfer(People.FRIEND, TestChain.RICH - 500_000));
    assertEquals(Optional.empty(), offer(spends));
    for (int nonce = 1; nonce < 10; nonce++) {
      assertEquals(
          Optional.empty(),
          offer(
              chain.transaction(
                  People.DEVELOPER, nonce, 0, LedgerTest.transfer(People.FRIEND, 1))));
    }
    var body = TestChain.body(spends);
    chain.run(body);
    pool.finalized(body, chain.poolView());
    long balance = chain.account(People.DEVELOPER).balance();
    assertEquals(balance / 200_000, pool.transactionCount());
  }
}
