package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.codec.Bytes;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.node.devnet.Devnet;
import org.junit.jupiter.api.Test;

final class GenesisFileTest {
  private static final Genesis GENESIS =
      Devnet.create(
              Bytes.utf8("a seed of a test network........"), 2, 1, 1_000, Parameters.devnet())
          .genesis();
  private static final String TEXT = GenesisFile.show(GENESIS);

  private static void refuses(String from, String to, String words) {
    assertTrue(TEXT.contains(from), from);
    Mistake mistake =
        assertThrows(
            Mistake.class, () -> GenesisFile.parse("genesis.json", TEXT.replaceFirst(from, to)));
    assertTrue(mistake.words().contains(words), mistake.words());
  }

  @Test
  void readsWhatItShows() throws Mistake {
    Genesis read = GenesisFile.parse("genesis.json", TEXT);
    assertEquals(GENESIS, read);
    assertEquals(GENESIS.hash(), read.hash());
    assertEquals(List.of(), GenesisFile.errors(read));
  }

  @Test
  void namesWhatIsWrong() {
    refuses("\"epochMillis\"", "\"epochMilis\"", "did you mean 'epochMillis'?");
    refuses("\"rewardPool\"", "\"rewardpool\"", "genesis.json: unknown key 'rewardpool'");
    refuses("\"prefix\" : \"tnim\"", "\"prefix\" : \"btc\"", "prefix must be nim or tnim");
    refuses(
        "\"account\" : \"tnim1", "\"account\" : \"tnim2", "genesis.json: validators[0].account");
    refuses("\"epochMillis\" : 60000", "\"epochMillis\" : \"x\"", "epochMillis");
    refuses("\"epochMillis\" : 60000", "\"epochMillis\" : -1", "genesis.json");
    refuses("\"chain\" : \"nimble-", "\"chain\" : \"Nimble-", "chain must be");
  }

  @Test
  void findsAProofThatProvesNothing() throws Mistake {
    String proof = GENESIS.validators().get(0).proof().toString();
    String other = GENESIS.validators().get(1).proof().toString();
    Genesis read = GenesisFile.parse("genesis.json", TEXT.replace(proof, other));
    assertEquals(
        List.of("validators[0].proof: does not prove the vote key"), GenesisFile.errors(read));
  }

  @Test
  void leftOversAreRefused() {
    assertThrows(Mistake.class, () -> GenesisFile.parse("genesis.json", TEXT + "{}"));
    assertThrows(Mistake.class, () -> GenesisFile.parse("genesis.json", "null"));
    assertThrows(Mistake.class, () -> GenesisFile.parse("genesis.json", ""));
  }
}
