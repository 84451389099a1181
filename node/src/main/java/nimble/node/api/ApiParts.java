package nimble.node.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;
import java.util.Set;
import nimble.crypto.AddressForm;
import nimble.genesis.Genesis;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Replica;
import nimble.node.chain.Reporter;
import nimble.node.files.GenesisFile;
import nimble.node.loop.Inbox;
import nimble.node.loop.Mailbox;
import nimble.node.metrics.DiskUse;
import nimble.node.net.Peers;
import nimble.node.work.Blobs;
import nimble.node.work.Evidence;
import nimble.node.work.GatewayOwner;
import nimble.node.work.Patrons;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.storage.BlobStore;
import nimble.types.Address;

/// The parts of a node that the API shows.
///
/// @param feed the node's [nimble.node.chain.ChainListener]
/// @param address where other nodes dial it; empty for one that takes no connections
public record ApiParts(
    Genesis genesis,
    Set<Role> roles,
    FinalizedChain chain,
    ChainFeed feed,
    Mailbox<Replica.Input> replica,
    Inbox<GatewayOwner.Input> gateway,
    Patrons patrons,
    Mailbox<Peers.Input> peers,
    Blobs blobs,
    Evidence evidence,
    BlobStore store,
    Network network,
    Optional<PeerAddress> address,
    DiskUse disk,
    PrometheusMeterRegistry metrics,
    Reporter reporter) {

  AddressForm addresses() {
    return GenesisFile.form(genesis);
  }

  String show(Address address) {
    return addresses().show(address);
  }
}
