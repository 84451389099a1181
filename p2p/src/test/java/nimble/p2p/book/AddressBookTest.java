package nimble.p2p.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.p2p.NetworkGroup;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerScores;
import nimble.p2p.Samples;
import nimble.sim.Seeds;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class AddressBookTest {
  private static final long NOW = 1_000_000_000_000L;
  private static final String HONEST = "99.1.1.1";

  private static Bytes salt(long seed) {
    return Hashing.of("salt", Bytes.ofU64(seed)).bytes();
  }

  private final AddressBook book = new AddressBook(salt(1), 1);

  /// The `index`-th address of a group.
  static PeerAddress at(int group, int index) {
    return PeerAddress.of(
        "%d.%d.%d.%d".formatted(20 + group / 200, group % 200, index / 250, 1 + index % 250), 7040);
  }

  @Test
  void b1NamesAreNotTakenInAndOneAddressStandsOnce() {
    book.heard(PeerAddress.of("cheap.example", 7040), HONEST, NOW);
    book.found(PeerAddress.of("cheap.example", 7040), Samples.peer(1), NOW);
    book.heard(at(1, 1), HONEST, NOW);
    book.heard(at(1, 1).withPeer(Samples.peer(1)), "98.1.1.1", NOW);
    assertEquals(1, book.heardSize());
    book.found(at(1, 1), Samples.peer(1), NOW);
    book.heard(at(1, 1), HONEST, NOW);
    assertEquals(0, book.heardSize());
    assertEquals(1, book.triedSize());
  }

  @Test
  void b2AFloodFillsOnlyTheBucketsOfItsGroups() {
    Seeds.forEach(
        3,
        random -> {
          AddressBook flooded = new AddressBook(salt(random.nextLong()), 1);
          for (int i = 0; i < 6_000; i++) {
            flooded.heard(at(random.nextInt(400), random.nextInt(60_000)), "66.6.6.6", NOW);
          }
          assertTrue(
              flooded.heardSize()
                  <= AddressBook.HEARD_BUCKETS_PER_SOURCE * AddressBook.HEARD_BUCKET_SIZE);
          for (int i = 0; i < 1_500; i++) {
            flooded.found(at(7, i), Samples.peer(i), NOW);
          }
          assertTrue(
              flooded.triedSize()
                  <= AddressBook.TRIED_BUCKETS_PER_GROUP * AddressBook.TRIED_BUCKET_SIZE);
        });
  }

  @Test
  void b3AHeardAddressIsNotPushedOutWhileItIsGood() {
    book.heard(at(1, 1), HONEST, NOW);
    for (int i = 2; i < 1_000; i++) {
      book.heard(at(1, i), HONEST, NOW);
    }
    assertTrue(book.entries().stream().anyMatch(it -> it.address().equals(at(1, 1))));
    int size = book.heardSize();
    assertTrue(size <= AddressBook.HEARD_BUCKET_SIZE, "one group from one source: " + size);
    List<PeerAddress> first = book.entries().stream().map(Known::address).toList();
    for (PeerAddress address : first) {
      for (int i = 0; i < 3; i++) {
        book.failed(address);
      }
    }
    for (int i = 5_000; i < 7_000; i++) {
      book.heard(at(1, i), HONEST, NOW);
    }
    assertFalse(book.entries().stream().anyMatch(it -> it.address().equals(at(1, 1))));
    assertEquals(size, book.heardSize());
  }

  @Test
  void b3ATriedAddressGivesWayOnlyAfterItFailedATest() {
    int next = 0;
    while (book.toTest(it -> true, NOW).isEmpty()) {
      book.found(at(1, next), Samples.peer(next), NOW);
      book.heard(at(1, next + 1), HONEST, NOW);
      book.found(at(1, next + 1), Samples.peer(next + 1), NOW);
      next += 2;
    }
    int tried = book.triedSize();
    PeerAddress challenged = book.toTest(book::isTried, NOW).orElseThrow();
    book.found(challenged, Samples.peer(1), NOW);
    assertTrue(book.isTried(challenged), "it answered");
    PeerAddress challenger =
        book.entries().stream().filter(it -> !it.tried()).findFirst().orElseThrow().address();
    book.found(challenger, Samples.peer(2), NOW);
    challenged = book.toTest(book::isTried, NOW).orElseThrow();
    book.failed(challenged);
    assertFalse(book.isTried(challenged));
    assertTrue(book.isTried(challenger));
    assertEquals(tried, book.triedSize());
  }

  @Test
  void b4WhatFailsIsDrawnLaterAndLater() {
    book.heard(at(1, 1), HONEST, NOW);
    long now = NOW;
    long pause = 0;
    for (int i = 0; i < 8; i++) {
      while (book.draw(it -> true, now).isEmpty()) {
        now += 1_000;
      }
      long begun = now;
      book.dialled(at(1, 1), now);
      book.failed(at(1, 1));
      while (book.draw(it -> true, now).isEmpty()) {
        now += 1_000;
      }
      assertTrue(now - begun > pause);
      pause = now - begun;
    }
  }

  @Test
  void b5PrivateAddressesAreBelievedFromPrivateAddressesOnly() {
    book.heard(PeerAddress.of("127.0.0.1", 22), HONEST, NOW);
    book.heard(PeerAddress.of("10.0.0.1", 7040), HONEST, NOW);
    assertEquals(0, book.heardSize());
    book.heard(PeerAddress.of("10.0.0.1", 7040), "10.9.9.9", NOW);
    assertEquals(1, book.heardSize());
  }

  @Test
  void b6WhatWasFoundGoesBeforeWhatIsSaid() {
    book.heard(at(1, 1).withPeer(Samples.peer(9)), HONEST, NOW);
    assertEquals(Optional.of(at(1, 1)), book.placeOf(Samples.peer(9)));
    book.found(at(2, 1), Samples.peer(9), NOW);
    for (int i = 0; i < 100; i++) {
      book.heard(at(3 + i, 1).withPeer(Samples.peer(9)), HONEST, NOW);
    }
    assertEquals(Optional.of(at(2, 1)), book.placeOf(Samples.peer(9)));
    assertEquals(Optional.empty(), book.placeOf(Samples.peer(8)));
  }

  @Test
  void b6AHintThatFailsGivesWayToAnother() {
    book.heard(at(1, 1).withPeer(Samples.peer(9)), HONEST, NOW);
    book.heard(at(2, 1).withPeer(Samples.peer(9)), HONEST, NOW);
    PeerAddress first = book.placeOf(Samples.peer(9)).orElseThrow();
    book.failed(first);
    assertFalse(book.placeOf(Samples.peer(9)).equals(Optional.of(first)));
  }

  private static Remembered filled(long seed) {
    AddressBook book = new AddressBook(salt(seed), 1);
    for (int i = 0; i < 40; i++) {
      book.heard(at(i, i), HONEST, NOW + i);
      book.found(at(i + 50, i), Samples.peer(i), NOW + i);
    }
    book.failed(at(3, 3));
    return Remembered.of(
        book,
        List.of(at(50, 0).withPeer(Samples.peer(0)), at(51, 1).withPeer(Samples.peer(1))),
        List.of(new PeerScores.Sentence(Samples.peer(70), NOW + 9, 3, "it lied")));
  }

  @Test
  void b10WhatIsRememberedIsTheSameAfterwards() throws Malformed {
    Bytes bytes = filled(4).encode();
    Remembered again = Remembered.decode(bytes);
    AddressBook book = again.book(2);
    assertEquals(40, book.triedSize());
    assertEquals(bytes, Remembered.of(book, again.anchors(), again.bans()).encode());
  }

  @Test
  void b10ADamagedFileIsRefusedWhereverTheDamageIs() {
    byte[] bytes = filled(4).encode().toArray();
    Seeds.forEach(
        200,
        random -> {
          byte[] damaged = bytes.clone();
          damaged[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
          assertThrows(Malformed.class, () -> Remembered.decode(Bytes.wrap(damaged)));
          int size = random.nextInt(bytes.length);
          assertThrows(
              Malformed.class, () -> Remembered.decode(Bytes.copyOf(bytes).slice(0, size)));
        });
  }

  @Test
  void drawsGoByBuckets() {
    for (int i = 0; i < 60; i++) {
      book.found(at(i, 1), Samples.peer(i), NOW);
    }
    for (int i = 0; i < 8_000; i++) {
      book.found(at(300 + i % 2, i), Samples.peer(100), NOW);
    }
    TreeSet<String> attackers = new TreeSet<>(List.of("21.100", "21.101"));
    int drawn = 0;
    for (int i = 0; i < 2_000; i++) {
      String group = book.draw(book::isTried, NOW).flatMap(NetworkGroup::of).orElseThrow().name();
      drawn += attackers.contains(group) ? 1 : 0;
    }
    // Two groups own at most eight of some fifty buckets, though more than half of the addresses.
    assertTrue(drawn <= 500, "drawn %d".formatted(drawn));
  }

  @Test
  void b6WhereAKeyWasFoundIsKnownWhateverOthersTell() {
    PublicKey key = Samples.peer(1);
    book.heard(at(1, 1).withPeer(key), HONEST, NOW);
    for (int group = 2; group < 8; group++) {
      book.heard(at(group, 1).withPeer(key), "66.6.6.6", NOW);
    }
    book.found(at(1, 1), key, NOW);
    assertTrue(book.isTried(at(1, 1)));
    assertEquals(Optional.of(at(1, 1)), book.placeOf(key));
  }

  @Test
  void b4AClockThatWasAheadKeepsNobodyFromBeingDialled() {
    book.found(at(1, 1), Samples.peer(1), NOW);
    book.dialled(at(1, 1), NOW + 1_000_000);
    assertEquals(Optional.of(at(1, 1)), book.draw(it -> true, NOW + 1_000));
  }
}
