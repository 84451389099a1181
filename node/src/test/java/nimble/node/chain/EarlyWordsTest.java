package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import nimble.codec.Bytes;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;
import nimble.crypto.Hashing;
import nimble.types.PublicKey;
import nimble.types.VoteSignature;
import org.junit.jupiter.api.Test;

/// N10.
final class EarlyWordsTest {
  private static final VoteSignature NONE =
      new VoteSignature(Bytes.wrap(new byte[VoteSignature.SIZE]));
  private static final PublicKey ONE = key("one");
  private static final PublicKey OTHER = key("other");
  private final EarlyWords early = new EarlyWords();

  EarlyWordsTest() {
    early.expect(4, new TreeSet<>(List.of(ONE, OTHER)));
  }

  private static PublicKey key(String name) {
    return new PublicKey(Hashing.of(name).bytes());
  }

  private static SignedVote vote(long epoch, long view) {
    return new SignedVote(0, new Vote.Nullify(epoch, view), NONE);
  }

  private List<Long> views(PublicKey from) {
    return early.all().stream()
        .filter(word -> word.from().equals(from))
        .map(word -> ((SignedVote) word.message()).vote().view())
        .toList();
  }

  @Test
  void n10TheNewestOfEachAreKeptInOrder() {
    for (long view = 1; view <= 2 * EarlyWords.PER_PEER_MAX; view++) {
      early.keep(ONE, vote(4, view));
    }
    early.keep(OTHER, vote(4, 1));
    assertEquals(
        LongStream.rangeClosed(EarlyWords.PER_PEER_MAX + 1, 2 * EarlyWords.PER_PEER_MAX)
            .boxed()
            .toList(),
        views(ONE));
    assertEquals(List.of(1L), views(OTHER), "who says much leaves room for others");
  }

  @Test
  void n10OnlyValidatorsOfTheNextEpochAreHeardAndOnlyAboutIt() {
    early.keep(key("nobody"), vote(4, 1));
    early.keep(ONE, vote(5, 1));
    early.keep(ONE, vote(3, 1));
    early.keep(ONE, vote(4, 2));
    early.keep(ONE, vote(4, 2));
    assertEquals(List.of(2L), views(ONE), "once");
    assertEquals(1, early.all().size());
    early.expect(5, new TreeSet<>(List.of(ONE)));
    assertEquals(List.of(), early.all(), "an epoch later it is told no more");
  }
}
