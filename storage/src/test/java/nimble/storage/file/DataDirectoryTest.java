package nimble.storage.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.storage.file.DataDirectory.Refused;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  private static final Hash GENESIS = Hashing.of("genesis");
  private static final Hash OTHER = Hashing.of("genesis", Bytes.utf8("other"));

  @TempDir Path temp;

  private Path home() {
    return temp.resolve("home").resolve("devnet");
  }

  private DataDirectory open(String network, Hash genesis) throws IOException, Refused {
    return DataDirectory.open(home(), network, genesis);
  }

  private void assertRefused(String network, Hash genesis, String... words) {
    Refused refused = assertThrows(Refused.class, () -> open(network, genesis).close());
    for (String word : words) {
      assertTrue(String.valueOf(refused.getMessage()).contains(word), refused::getMessage);
    }
  }

  @Test
  void initThenOpenThenOpenAgain() throws IOException, Refused {
    DataDirectory.create(home(), "devnet", GENESIS);
    DataDirectory.create(home(), "devnet", GENESIS);
    for (int i = 0; i < 2; i++) {
      try (DataDirectory directory = open("devnet", GENESIS)) {
        assertTrue(Files.isDirectory(directory.votes()));
        assertTrue(Files.isDirectory(directory.database()));
        assertEquals(home(), directory.path());
      }
    }
  }

  @Test
  void anEmptyPlaceIsNotADirectoryOfOurs() {
    assertRefused("devnet", GENESIS, home().toString(), "nimble init");
  }

  @Test
  void aSecondNodeIsToldWhoIsThereAndWhatToDo() throws IOException, Refused {
    DataDirectory.create(home(), "devnet", GENESIS);
    try (DataDirectory _ = open("devnet", GENESIS)) {
      assertRefused(
          "devnet",
          GENESIS,
          home().toString(),
          "in use",
          Long.toString(ProcessHandle.current().pid()),
          "--home");
    }
  }

  @Test
  void anotherNetworkOrGenesisIsRefused() throws IOException, Refused {
    DataDirectory.create(home(), "devnet", GENESIS);
    assertRefused("testnet", GENESIS, "network devnet", "network testnet");
    assertRefused("devnet", OTHER, GENESIS.toString(), OTHER.toString());
    assertThrows(Refused.class, () -> DataDirectory.create(home(), "devnet", OTHER));
    open("devnet", GENESIS).close();
  }

  @Test
  void anotherFormatIsRefused() throws IOException, Refused {
    DataDirectory.create(home(), "devnet", GENESIS);
    Files.writeString(home().resolve("VERSION"), "nimble data 1\n");
    assertRefused("devnet", GENESIS, "nimble data 1", "nimble data 2");
    Files.writeString(home().resolve("VERSION"), "");
    assertRefused("devnet", GENESIS, "nothing");
  }

  @Test
  void keysAreForTheirOwnerOnly() throws IOException, Refused {
    DataDirectory.create(home(), "devnet", GENESIS);
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(home().resolve("keys"))));
  }
}
