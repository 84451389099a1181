package nimble.node.devnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.api.v1.ConvictedHost;
import nimble.api.v1.IncomeView;
import nimble.crypto.AddressForm;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.training.Blame;
import nimble.training.fault.Fault;
import nimble.types.Address;

/// Somebody in a network that did not do as it should, and the rule that met it.
///
/// @param node such as `miner1`
/// @param rule in the words of the chain, the worst that happened to it
record Deviation(String node, String actor, String rule) {
  private static final String PAYS_ITSELF = "PaysItself";

  private static final String NOTHING = "nothing was held against it";

  /// @param hosts that were convicted of what they served
  static List<Deviation> of(
      Devnet devnet, JobHistory history, List<ConvictedHost> hosts, NodeClient client)
      throws ClientFailure {
    List<Deviation> all = new ArrayList<>();
    devnet
        .faults()
        .forEach((index, fault) ->
            all.add(of(devnet, history, hosts, devnet.miners().get(index).address(), fault)));
    devnet
        .auditorFaults()
        .forEach((index, fault) ->
            all.add(of(devnet, history, hosts, devnet.validators().get(index).address(), fault)));
    for (int index : devnet.developers()) {
      Address own = devnet.miners().get(index).address();
      IncomeView income = client.rewards(AddressForm.TEST.show(own)).getIncome();
      String rule =
          "L8: was paid %,d nim-units by itself, and has %,d of them"
              .formatted(history.paidTo(own), income.getPaid());
      all.add(new Deviation(devnet.name(own), PAYS_ITSELF, rule));
    }
    return all;
  }

  static Deviation of(
      Devnet devnet, JobHistory history, List<ConvictedHost> hosts, Address who, Fault fault) {
    String rule =
        against(history, who).or(() -> against(hosts, AddressForm.TEST.show(who))).orElse(NOTHING);
    return new Deviation(devnet.name(who), fault.toString(), rule);
  }

  private static Optional<String> against(JobHistory history, Address who) {
    return Blame.of(history.entries(), who);
  }

  private static Optional<String> against(List<ConvictedHost> hosts, String who) {
    return hosts.stream()
        .filter(host -> host.getMiner().equals(who))
        .map(host -> host.getReason() + ": slashed")
        .findFirst();
  }
}
