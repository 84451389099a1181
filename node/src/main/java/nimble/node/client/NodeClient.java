package nimble.node.client;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.ClientRequestContextCaptor;
import com.linecorp.armeria.client.Clients;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import nimble.api.v1.AccountView;
import nimble.api.v1.AwaitTransactionRequest;
import nimble.api.v1.BlobServiceGrpc;
import nimble.api.v1.BlockView;
import nimble.api.v1.ChainServiceGrpc;
import nimble.api.v1.ChainStatus;
import nimble.api.v1.CheckpointRequest;
import nimble.api.v1.CheckpointView;
import nimble.api.v1.Checkpoints;
import nimble.api.v1.ConsensusView;
import nimble.api.v1.DeploymentView;
import nimble.api.v1.Deployments;
import nimble.api.v1.EpochSteps;
import nimble.api.v1.EvidenceList;
import nimble.api.v1.ExplainRequest;
import nimble.api.v1.FinalityView;
import nimble.api.v1.GetAccountRequest;
import nimble.api.v1.GetBlockRequest;
import nimble.api.v1.GetConsensusRequest;
import nimble.api.v1.GetDeploymentRequest;
import nimble.api.v1.GetFinalityRequest;
import nimble.api.v1.GetInclusionRequest;
import nimble.api.v1.GetJobRequest;
import nimble.api.v1.GetMinerRequest;
import nimble.api.v1.GetNodeRequest;
import nimble.api.v1.GetProofRequest;
import nimble.api.v1.GetPublishedRequest;
import nimble.api.v1.GetStatusRequest;
import nimble.api.v1.GetTransactionRequest;
import nimble.api.v1.GetValidatorRequest;
import nimble.api.v1.GetValidatorsRequest;
import nimble.api.v1.InclusionView;
import nimble.api.v1.InferReply;
import nimble.api.v1.InferRequest;
import nimble.api.v1.JobEvents;
import nimble.api.v1.JobPlanView;
import nimble.api.v1.JobServiceGrpc;
import nimble.api.v1.JobView;
import nimble.api.v1.Jobs;
import nimble.api.v1.ListDeploymentsRequest;
import nimble.api.v1.ListEpochStepsRequest;
import nimble.api.v1.ListEpochsRequest;
import nimble.api.v1.ListEventsRequest;
import nimble.api.v1.ListEvidenceRequest;
import nimble.api.v1.ListJobsRequest;
import nimble.api.v1.ListModelsRequest;
import nimble.api.v1.ListOffersRequest;
import nimble.api.v1.ListPeersRequest;
import nimble.api.v1.ListPublishedRequest;
import nimble.api.v1.MinerServiceGrpc;
import nimble.api.v1.MinerView;
import nimble.api.v1.ModelServiceGrpc;
import nimble.api.v1.Models;
import nimble.api.v1.MoneyEpochs;
import nimble.api.v1.NodeServiceGrpc;
import nimble.api.v1.NodeView;
import nimble.api.v1.Offers;
import nimble.api.v1.PeersView;
import nimble.api.v1.PlanJobRequest;
import nimble.api.v1.ProofView;
import nimble.api.v1.PublishedModel;
import nimble.api.v1.PublishedModels;
import nimble.api.v1.RewardExplanation;
import nimble.api.v1.RewardServiceGrpc;
import nimble.api.v1.StreamBlocksRequest;
import nimble.api.v1.SubmitBatchRequest;
import nimble.api.v1.SubmitRequest;
import nimble.api.v1.TransactionView;
import nimble.api.v1.UnbanRequest;
import nimble.api.v1.ValidatorStatus;
import nimble.api.v1.Validators;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.genesis.Genesis;
import nimble.node.api.Wire;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;

/// A node's API, from outside. Any thread may use it; calls block.
public final class NodeClient implements AutoCloseable {
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int ANSWER_BYTES_MAX = 16 << 20;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PING_INTERVAL = Duration.ofSeconds(10);

  private final String node;
  private final ClientFactory factory;
  private final ChainServiceGrpc.ChainServiceBlockingStub chain;
  private final ChainServiceGrpc.ChainServiceBlockingStub chainStreams;
  private final JobServiceGrpc.JobServiceBlockingStub jobs;
  private final JobServiceGrpc.JobServiceBlockingStub jobStreams;
  private final ModelServiceGrpc.ModelServiceBlockingStub models;
  private final ModelServiceGrpc.ModelServiceBlockingStub modelStreams;
  private final MinerServiceGrpc.MinerServiceBlockingStub miners;
  private final RewardServiceGrpc.RewardServiceBlockingStub rewards;
  private final NodeServiceGrpc.NodeServiceBlockingStub nodes;
  private final BlobTransfer blobs;

  private NodeClient(String host, int port, Duration timeout) {
    this.node = host + ":" + port;
    // A connection that answers no ping is closed, so even an endless stream ends with its node.
    this.factory =
        ClientFactory.builder()
            .connectTimeout(CONNECT_TIMEOUT)
            .pingInterval(PING_INTERVAL)
            .workerGroup(1)
            .build();
    this.chain = builder(timeout).build(ChainServiceGrpc.ChainServiceBlockingStub.class);
    this.chainStreams =
        builder(Duration.ZERO).build(ChainServiceGrpc.ChainServiceBlockingStub.class);
    this.jobs = builder(timeout).build(JobServiceGrpc.JobServiceBlockingStub.class);
    this.jobStreams = builder(Duration.ZERO).build(JobServiceGrpc.JobServiceBlockingStub.class);
    this.models = builder(timeout).build(ModelServiceGrpc.ModelServiceBlockingStub.class);
    this.modelStreams =
        builder(Duration.ZERO).build(ModelServiceGrpc.ModelServiceBlockingStub.class);
    this.miners = builder(timeout).build(MinerServiceGrpc.MinerServiceBlockingStub.class);
    this.rewards = builder(timeout).build(RewardServiceGrpc.RewardServiceBlockingStub.class);
    this.nodes = builder(timeout).build(NodeServiceGrpc.NodeServiceBlockingStub.class);
    this.blobs =
        new BlobTransfer(
            node,
            builder(Duration.ofMinutes(2)).build(BlobServiceGrpc.BlobServiceBlockingStub.class),
            builder(Duration.ofMinutes(2)).build(BlobServiceGrpc.BlobServiceStub.class),
            builder(Duration.ZERO).build(BlobServiceGrpc.BlobServiceBlockingStub.class));
  }

  /// Does not connect yet: the first call does.
  ///
  /// @param timeout of a call that has one answer
  public static NodeClient connect(String host, int port, Duration timeout) {
    return new NodeClient(host, port, timeout);
  }

  public static NodeClient connect(String host, int port) {
    return connect(host, port, TIMEOUT);
  }

  private GrpcClientBuilder builder(Duration timeout) {
    return GrpcClients.builder("gproto+http://" + node + "/")
        .factory(factory)
        .responseTimeout(timeout)
        .maxResponseLength(0)
        .maxResponseMessageLength(ANSWER_BYTES_MAX);
  }

  public String node() {
    return node;
  }

  public ChainStatus status() throws ClientFailure {
    return call(chain, stub -> stub.getStatus(GetStatusRequest.getDefaultInstance()));
  }

  /// The genesis that the node runs on; it is the node's word only.
  public Genesis genesis() throws ClientFailure {
    ChainStatus status = status();
    try {
      return Reader.decode(Wire.from(status.getGenesis()), Genesis::read);
    } catch (Malformed e) {
      throw new ClientFailure(
          ClientFailure.Kind.UNAVAILABLE,
          "the node at %s sent a genesis that is none: %s".formatted(node, e.reason()));
    }
  }

  /// @param height 0 for the newest
  public BlockView block(long height) throws ClientFailure {
    return call(
        chain, stub -> stub.getBlock(GetBlockRequest.newBuilder().setHeight(height).build()));
  }

  public TransactionView transaction(String id) throws ClientFailure {
    return call(
        chain, stub -> stub.getTransaction(GetTransactionRequest.newBuilder().setId(id).build()));
  }

  public AccountView account(String address) throws ClientFailure {
    return call(
        chain, stub -> stub.getAccount(GetAccountRequest.newBuilder().setAddress(address).build()));
  }

  public Validators validators() throws ClientFailure {
    return call(chain, stub -> stub.getValidators(GetValidatorsRequest.getDefaultInstance()));
  }

  public ValidatorStatus validator(String address) throws ClientFailure {
    return call(
        chain,
        stub -> stub.getValidator(GetValidatorRequest.newBuilder().setAddress(address).build()));
  }

  /// Standing offers, the cheapest per operation first.
  public Offers offers() throws ClientFailure {
    return call(miners, stub -> stub.listOffers(ListOffersRequest.getDefaultInstance()));
  }

  public MinerView miner(String address) throws ClientFailure {
    return call(
        miners, stub -> stub.getMiner(GetMinerRequest.newBuilder().setAddress(address).build()));
  }

  /// @param subject `account/ADDRESS`, `job/NUMBER`, `record/NUMBER`, `deployment/NUMBER`,
  ///   `model/NUMBER` or `key/HEX`
  public ProofView proof(String subject) throws ClientFailure {
    return call(
        chain, stub -> stub.getProof(GetProofRequest.newBuilder().setSubject(subject).build()));
  }

  /// @param height 0 for the newest
  public FinalityView finality(long height) throws ClientFailure {
    return call(
        chain, stub -> stub.getFinality(GetFinalityRequest.newBuilder().setHeight(height).build()));
  }

  public EpochSteps epochSteps(long fromEpoch) throws ClientFailure {
    return call(
        chain,
        stub ->
            stub.listEpochSteps(
                ListEpochStepsRequest.newBuilder().setFromEpoch(fromEpoch).build()));
  }

  public InclusionView inclusion(Hash id) throws ClientFailure {
    return call(
        chain,
        stub -> stub.getInclusion(GetInclusionRequest.newBuilder().setId(id.toString()).build()));
  }

  public NodeView nodeView() throws ClientFailure {
    return call(nodes, stub -> stub.getNode(GetNodeRequest.getDefaultInstance()));
  }

  public ConsensusView consensus() throws ClientFailure {
    return call(nodes, stub -> stub.getConsensus(GetConsensusRequest.getDefaultInstance()));
  }

  public EvidenceList evidence() throws ClientFailure {
    return call(nodes, stub -> stub.listEvidence(ListEvidenceRequest.getDefaultInstance()));
  }

  public PeersView peers() throws ClientFailure {
    return call(nodes, stub -> stub.listPeers(ListPeersRequest.getDefaultInstance()));
  }

  /// Whether the node was banned.
  public boolean unban(String nodeId) throws ClientFailure {
    return call(nodes, stub -> stub.unban(UnbanRequest.newBuilder().setNodeId(nodeId).build()))
        .getWasBanned();
  }

  /// Hands a transaction in; a refusal says why.
  public Hash submit(Transaction transaction) throws ClientFailure {
    try {
      call(
          chain,
          stub ->
              stub.submit(
                  SubmitRequest.newBuilder()
                      .setTransaction(Wire.to(transaction.encode()))
                      .build()));
      return transaction.id();
    } catch (ClientFailure e) {
      throw e.kind() == ClientFailure.Kind.INVALID
          ? new ClientFailure(ClientFailure.Kind.REJECTED, "rejected: " + e.getMessage())
          : e;
    }
  }

  /// Hands in many, at most 1,000: for each the reason why it was not taken, empty when it was.
  public List<String> submitBatch(List<Bytes> transactions) throws ClientFailure {
    SubmitBatchRequest.Builder request = SubmitBatchRequest.newBuilder();
    transactions.forEach(bytes -> request.addTransactions(Wire.to(bytes)));
    return call(chain, stub -> stub.submitBatch(request.build())).getReasonsList();
  }

  /// Hands a transaction in and waits until it is final, whatever became of it.
  public TransactionView submitAndAwait(Transaction transaction) throws ClientFailure {
    try {
      Hash id = submit(transaction);
      return call(
          chainStreams,
          stub ->
              stub.awaitTransaction(
                  AwaitTransactionRequest.newBuilder()
                      .setId(id.toString())
                      .setValidUntilMillis(transaction.body().validUntilMillis())
                      .build()));
    } catch (ClientFailure e) {
      throw switch (e.kind()) {
        case INVALID ->
            new ClientFailure(ClientFailure.Kind.REJECTED, String.valueOf(e.getMessage()));
        case REJECTED -> e;
        case UNAVAILABLE -> unknown(transaction, e);
      };
    }
  }

  /// Nobody said what became of it: who sends once more may pay twice.
  private static ClientFailure unknown(Transaction transaction, ClientFailure failure) {
    return new ClientFailure(
        failure.kind(),
        "%s\nthe transaction may be applied until %s: before you send it again, see what"
                .formatted(
                    failure.getMessage(),
                    Instant.ofEpochMilli(transaction.body().validUntilMillis()))
            + " became of it with `nbcli chain tx %s`".formatted(transaction.id()));
  }

  /// The same, and a failure when the chain rejected it.
  public TransactionView submitAndApply(Transaction transaction) throws ClientFailure {
    TransactionView view = submitAndAwait(transaction);
    if (!view.getApplied()) {
      throw new ClientFailure(
          ClientFailure.Kind.REJECTED,
          "rejected in block %d: %s (transaction %s)"
              .formatted(view.getHeight(), view.getReason(), view.getId()));
    }
    return view;
  }

  /// Every block from a height on, until `consumer` has seen enough or the node ends it.
  public void watchBlocks(long fromHeight, Until<BlockView> consumer) throws ClientFailure {
    stream(
        () ->
            chainStreams.streamBlocks(
                StreamBlocksRequest.newBuilder().setFromHeight(fromHeight).build()),
        consumer);
  }

  public JobPlanView plan(JobSpec spec) throws ClientFailure {
    return call(
        jobs,
        stub -> stub.planJob(PlanJobRequest.newBuilder().setSpec(Wire.to(spec.encode())).build()));
  }

  /// The newest jobs, newest first.
  public Jobs jobs() throws ClientFailure {
    return call(jobs, stub -> stub.listJobs(ListJobsRequest.getDefaultInstance()));
  }

  public JobView job(long job) throws ClientFailure {
    return call(jobs, stub -> stub.getJob(GetJobRequest.newBuilder().setJob(job).build()));
  }

  public Checkpoints checkpoints(long job) throws ClientFailure {
    return call(jobs, stub -> stub.listCheckpoints(GetJobRequest.newBuilder().setJob(job).build()));
  }

  /// Waits for as long as it takes to gather it.
  public CheckpointView pin(CheckpointRequest checkpoint) throws ClientFailure {
    return call(jobStreams, stub -> stub.pinCheckpoint(checkpoint));
  }

  public CheckpointView unpin(CheckpointRequest checkpoint) throws ClientFailure {
    return call(jobs, stub -> stub.unpinCheckpoint(checkpoint));
  }

  public JobEvents events(long job, long from) throws ClientFailure {
    return call(
        jobs,
        stub -> stub.listEvents(ListEventsRequest.newBuilder().setJob(job).setFrom(from).build()));
  }

  /// A job now and after each change, until it has ended or `consumer` has seen enough.
  public void watchJob(long job, Until<JobView> consumer) throws ClientFailure {
    stream(() -> jobStreams.watchJob(GetJobRequest.newBuilder().setJob(job).build()), consumer);
  }

  public RewardExplanation rewards(String address) throws ClientFailure {
    ExplainRequest request = ExplainRequest.newBuilder().setAddress(address).build();
    return call(rewards, stub -> stub.explain(request));
  }

  public MoneyEpochs epochs() throws ClientFailure {
    return call(rewards, stub -> stub.listEpochs(ListEpochsRequest.getDefaultInstance()));
  }

  public Models models() throws ClientFailure {
    return call(models, stub -> stub.listModels(ListModelsRequest.getDefaultInstance()));
  }

  /// The newest, newest first.
  public PublishedModels publishedModels() throws ClientFailure {
    return call(models, stub -> stub.listPublished(ListPublishedRequest.getDefaultInstance()));
  }

  public PublishedModel publishedModel(String name) throws ClientFailure {
    return call(
        models, stub -> stub.getPublished(GetPublishedRequest.newBuilder().setName(name).build()));
  }

  /// Those that are not over, oldest first.
  public Deployments deployments() throws ClientFailure {
    return call(models, stub -> stub.listDeployments(ListDeploymentsRequest.getDefaultInstance()));
  }

  public DeploymentView deployment(long number) throws ClientFailure {
    return call(
        models,
        stub ->
            stub.getDeployment(GetDeploymentRequest.newBuilder().setDeployment(number).build()));
  }

  /// Generated text, piece by piece.
  public void infer(InferRequest request, Consumer<InferReply> consumer) throws ClientFailure {
    stream(
        () -> modelStreams.infer(request),
        reply -> {
          consumer.accept(reply);
          return true;
        });
  }

  public BlobTransfer blobs() {
    return blobs;
  }

  /// Does not wait for the last thread to be quiet, which takes seconds.
  @Override
  public void close() {
    factory.closeAsync();
  }

  /// Takes one item of a stream; false ends it.
  @FunctionalInterface
  public interface Until<T> {
    boolean take(T item);
  }

  private <S, T> T call(S stub, Function<S, T> call) throws ClientFailure {
    try {
      return call.apply(stub);
    } catch (StatusRuntimeException e) {
      throw ClientFailure.of(node, e);
    }
  }

  private <T> void stream(Supplier<Iterator<T>> start, Until<T> consumer) throws ClientFailure {
    try (ClientRequestContextCaptor captor = Clients.newContextCaptor()) {
      Iterator<T> items = start.get();
      while (items.hasNext()) {
        if (!consumer.take(items.next())) {
          abandon(captor.get(), items);
          return;
        }
      }
    } catch (StatusRuntimeException e) {
      throw ClientFailure.of(node, e);
    }
  }

  /// What is on its way holds memory until it is taken.
  static void abandon(ClientRequestContext request, Iterator<?> items) {
    request.cancel();
    try {
      items.forEachRemaining(_ -> {});
    } catch (StatusRuntimeException e) {
      // It ends as cancelled.
    }
  }
}
