package nimble.node.api;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nimble.api.v1.ConsensusView;
import nimble.api.v1.EvidenceList;
import nimble.api.v1.EvidenceView;
import nimble.api.v1.GetConsensusRequest;
import nimble.api.v1.GetNodeRequest;
import nimble.api.v1.ListEvidenceRequest;
import nimble.api.v1.ListPeersRequest;
import nimble.api.v1.NodeServiceGrpc;
import nimble.api.v1.NodeView;
import nimble.api.v1.PeerView;
import nimble.api.v1.PeersView;
import nimble.api.v1.UnbanReply;
import nimble.api.v1.UnbanRequest;
import nimble.codec.Writer;
import nimble.consensus.Misconduct;
import nimble.consensus.SignedVote;
import nimble.node.Version;
import nimble.node.chain.ConsensusDump;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Replica;
import nimble.node.net.Peers;
import nimble.types.PublicKey;

/// The node itself.
final class NodeApi extends NodeServiceGrpc.NodeServiceImplBase {
  private static final String ANYBODY = "any";
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long PATIENCE_SECONDS = 5;

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
            .setListen(parts.address().map(it -> it.anyone().toString()).orElse(""))
            .setFinalizedHeight(parts.chain().height())
            .setUptimeMillis((System.nanoTime() - startedNanos) / NANOS_PER_MILLI);
    parts.roles().forEach(role -> view.addRoles(role.name().toLowerCase(Locale.ROOT)));
    if (parts.patrons().anybody()) {
      view.addGatewayFor(ANYBODY);
    }
    parts
        .chain()
        .read(state -> parts.patrons().all(state, parts.network().self()))
        .forEach(account -> view.addGatewayFor(parts.show(account)));
    view.addAllPeers(peers());
    Answer.with(to, view.build());
  }

  @Override
  public void getConsensus(GetConsensusRequest request, StreamObserver<ConsensusView> to) {
    CompletableFuture<ConsensusDump> dump = new CompletableFuture<>();
    if (!parts.replica().offer(new Replica.Input.Asked(dump::complete))) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("the node has too much to do")
          .asRuntimeException();
    }
    try {
      ConsensusView view = ConsensusViews.of(dump.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      Answer.with(to, view.toBuilder().addAllPeers(peers()).build());
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw Status.UNAVAILABLE
          .withDescription("consensus does not answer: the node is stuck, or stops")
          .asRuntimeException();
    }
  }

  @Override
  public void listEvidence(ListEvidenceRequest request, StreamObserver<EvidenceList> to) {
    EvidenceList.Builder list = EvidenceList.newBuilder();
    parts
        .chain()
        .evidence(FinalizedChain.EVIDENCE_MAX)
        .forEach(votes -> list.addEvidence(evidence(votes)));
    Answer.with(to, list.build());
  }

  private EvidenceView evidence(Misconduct.Votes votes) {
    SignedVote first = votes.first();
    return EvidenceView.newBuilder()
        .setEpoch(first.epoch())
        .setView(first.vote().view())
        .setValidator(
            parts
                .chain()
                .epoch(first.epoch())
                .map(epoch -> parts.show(epoch.set().get(first.signer()).account()))
                .orElse(""))
        .setFirstKind(first.vote().kind().name().toLowerCase(Locale.ROOT))
        .setSecondKind(votes.second().vote().kind().name().toLowerCase(Locale.ROOT))
        .setFirst(Wire.to(Writer.encode(first::write)))
        .setSecond(Wire.to(Writer.encode(votes.second()::write)))
        .build();
  }

  private List<PeerView> peers() {
    return parts.network().peers().stream()
        .map(peer -> PeerView.newBuilder().setNodeId(peer.toString()).build())
        .toList();
  }

  @Override
  public void unban(UnbanRequest request, StreamObserver<UnbanReply> to) {
    PublicKey peer = new PublicKey(Refused.hash("node_id", request.getNodeId()).bytes());
    Peers.Input pardoned =
        new Peers.Input.Pardoned(
            peer, banned -> Answer.with(to, UnbanReply.newBuilder().setWasBanned(banned).build()));
    if (!parts.peers().offer(pardoned)) {
      to.onError(Status.UNAVAILABLE.withDescription("the node is busy: try again").asException());
    }
  }

  @Override
  public void listPeers(ListPeersRequest request, StreamObserver<PeersView> to) {
    Peers.Input asked = new Peers.Input.Asked(table -> Answer.with(to, PeerViews.of(table)));
    if (!parts.peers().offer(asked)) {
      to.onError(Status.UNAVAILABLE.withDescription("the node is busy: try again").asException());
    }
  }
}
