package nimble.node.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import nimble.crypto.AddressForm;
import nimble.genesis.Parameters;
import nimble.node.devnet.Devnet;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.work.Patrons;
import nimble.types.Address;
import nimble.vm.djl.Numeric;
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

  @Test
  void d2AnOperatorNamesWhatNodesTakeAnyway() throws Mistake {
    assertEquals(Optional.empty(), NodeSettings.numeric(NodeConfig.of(Map.of())));
    NodeConfig named = NodeConfig.of(Map.of(Setting.NUMERIC, "Best"));
    assertEquals(Optional.of(Numeric.usual()), NodeSettings.numeric(named));
    NodeConfig two = NodeConfig.of(Map.of(Setting.THREADS, "2"));
    assertEquals(Optional.of(new Numeric(Numeric.usual().cap(), 2)), NodeSettings.numeric(two));
    NodeConfig wrong = NodeConfig.of(Map.of(Setting.NUMERIC, "sse9"));
    String words = assertThrows(Mistake.class, () -> NodeSettings.numeric(wrong)).words();
    assertTrue(words.startsWith("compute.numeric must be best or default"), words);
    assertTrue(words.endsWith("was 'sse9' (flag)"), words);
  }
}
