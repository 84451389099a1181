package nimble.node.sim;

import java.util.Optional;
import java.util.TreeMap;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Message;
import nimble.consensus.SignedVote;
import nimble.p2p.Kind;
import nimble.types.PublicKey;

/// What becomes of a validator that has forgotten what it voted for (W20): the first one to crash.
final class Amnesia {
  private final boolean wholeDisk;
  private final Trace trace;
  private final Referee referee;
  private final TreeMap<PublicKey, Long> voted = new TreeMap<>();
  private Optional<PublicKey> forgetful = Optional.empty();
  private long lastEpoch;
  private boolean votesAgain;

  Amnesia(Scenario scenario, Trace trace, Referee referee) {
    this.wholeDisk = scenario.losesDisk();
    this.trace = trace;
    this.referee = referee;
  }

  void crashed(Member member) {
    if (forgetful.isPresent() || !member.votes()) {
      return;
    }
    PublicKey key = member.identity().hotKey().publicKey();
    forgetful = Optional.of(key);
    lastEpoch = voted.getOrDefault(key, -1L);
    if (wholeDisk) {
      member.disk().loseAll();
      referee.lost(member);
    }
    // With votes of epoch 0 alone a new disk must begin without a log (N7): it would vote at once.
    if (!wholeDisk || lastEpoch <= 0) {
      member.disk().loseVotes();
    }
    trace.tell(
        "%s forgets its votes, the last ones of epoch %d".formatted(member.name(), lastEpoch));
  }

  void heard(PublicKey from, nimble.p2p.Message message) {
    if (message.kind() == Kind.VOTE && decode(message) instanceof SignedVote vote) {
      long epoch = vote.epoch();
      voted.merge(from, epoch, Math::max);
      if (forgetful.filter(from::equals).isPresent()) {
        boolean later = epoch > lastEpoch;
        Referee.check(
            later || (wholeDisk && epoch == 0 && lastEpoch > 0),
            "who forgot its votes of epoch %d signs %s",
            lastEpoch,
            vote);
        if (later && !votesAgain) {
          votesAgain = true;
          trace.tell("who forgot its votes votes again in epoch %d".formatted(epoch));
        }
      }
    }
  }

  private static Message decode(nimble.p2p.Message message) {
    try {
      return Reader.decode(message.payload(), Message::readTagged);
    } catch (Malformed e) {
      throw new AssertionError("an honest node's words", e);
    }
  }

  boolean isOver() {
    return forgetful.isEmpty() || votesAgain;
  }
}
