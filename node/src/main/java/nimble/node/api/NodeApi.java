package nimble.node.api;

import io.grpc.stub.StreamObserver;
import java.util.Locale;
import nimble.api.v1.GetNodeRequest;
import nimble.api.v1.NodeServiceGrpc;
import nimble.api.v1.NodeView;
import nimble.api.v1.PeerView;
import nimble.node.Version;
import nimble.p2p.PeerAddress;

/// The node itself.
final class NodeApi extends NodeServiceGrpc.NodeServiceImplBase {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final ApiParts parts;
  private final long startedNanos = System.nanoTime();

  NodeApi(ApiParts parts) {
    this.parts = parts;
  }

  @Override
  public void getNode(GetNodeRequest request, StreamObserver<NodeView> to) {
    NodeView.Builder view =
        NodeView.newBuilder()
            .setNodeId(parts.network().self().toString())
            .setVersion(Version.NUMBER)
            .setListen(PeerAddress.of(parts.address().host(), parts.address().port()).toString())
            .setFinalizedHeight(parts.chain().height())
            .setUptimeMillis((System.nanoTime() - startedNanos) / NANOS_PER_MILLI);
    parts.roles().forEach(role -> view.addRoles(role.name().toLowerCase(Locale.ROOT)));
    parts
        .network()
        .peers()
        .forEach(peer -> view.addPeers(PeerView.newBuilder().setNodeId(peer.toString())));
    Answer.with(to, view.build());
  }
}
