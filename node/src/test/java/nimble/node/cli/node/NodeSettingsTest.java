package nimble.node.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeSet;
import nimble.crypto.AddressForm;
import nimble.genesis.Parameters;
import nimble.node.devnet.Devnet;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.work.Patrons;
import nimble.types.Address;
import org.junit.jupiter.api.Test;

final class NodeSettingsTest {
  private static Patrons patrons(String text) throws Mistake {
    return NodeSettings.patrons(NodeConfig.of(Map.of(Setting.GATEWAY_FOR, text)), AddressForm.TEST);
  }

  @Test
  void w8AnOperatorNamesWhomHisNodeServes() throws Mistake {
    TreeSet<Address> wallets = new TreeSet<>(Devnet.fresh(1, 1, Parameters.devnet()).wallets());
    String named = String.join(", ", wallets.stream().map(AddressForm.TEST::show).toList());
    assertEquals(Patrons.of(wallets), patrons(named));
    assertEquals(Patrons.ANYBODY, patrons("any"));
    assertEquals(Patrons.NONE, patrons(""));
    String words = assertThrows(Mistake.class, () -> patrons("alice")).words();
    assertTrue(words.startsWith("gateway.for must be any, or a list of addresses ("), words);
    assertTrue(words.endsWith("was 'alice' (flag)"), words);
  }
}
