package nimble.node.api;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nimble.api.v1.AccountView;
import nimble.api.v1.AwaitTransactionRequest;
import nimble.api.v1.BlockView;
import nimble.api.v1.ChainServiceGrpc;
import nimble.api.v1.ChainStatus;
import nimble.api.v1.EpochSteps;
import nimble.api.v1.FinalityView;
import nimble.api.v1.GetAccountRequest;
import nimble.api.v1.GetBlockRequest;
import nimble.api.v1.GetFinalityRequest;
import nimble.api.v1.GetInclusionRequest;
import nimble.api.v1.GetProofRequest;
import nimble.api.v1.GetStatusRequest;
import nimble.api.v1.GetTransactionRequest;
import nimble.api.v1.GetValidatorRequest;
import nimble.api.v1.GetValidatorsRequest;
import nimble.api.v1.InclusionView;
import nimble.api.v1.ListEpochStepsRequest;
import nimble.api.v1.ProofView;
import nimble.api.v1.StreamBlocksRequest;
import nimble.api.v1.SubmitBatchReply;
import nimble.api.v1.SubmitBatchRequest;
import nimble.api.v1.SubmitReply;
import nimble.api.v1.SubmitRequest;
import nimble.api.v1.TransactionView;
import nimble.api.v1.ValidatorStatus;
import nimble.api.v1.Validators;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Replica;
import nimble.types.Address;
import nimble.types.Hash;

/// Blocks, transactions, accounts and proofs, from finalized state (A2).
final class ChainApi extends ChainServiceGrpc.ChainServiceImplBase {
  static final int BATCH_MAX = 1_000;

  private static final long VERDICT_MILLIS = 10_000;

  private final ApiParts parts;
  private final FinalizedChain chain;
  private final Streams streams;

  ChainApi(ApiParts parts, Streams streams) {
    this.parts = parts;
    this.chain = parts.chain();
    this.streams = streams;
  }

  private ChainViews views(FinalizedChain.Still now) {
    return new ChainViews(parts, now);
  }

  private ValidatorViews validators(FinalizedChain.Still now) {
    return new ValidatorViews(parts, now);
  }

  @Override
  public void getStatus(GetStatusRequest request, StreamObserver<ChainStatus> to) {
    Answer.still(to, parts, now -> views(now).status());
  }

  @Override
  public void getBlock(GetBlockRequest request, StreamObserver<BlockView> to) {
    Answer.still(
        to,
        parts,
        now -> block(now, request.getHeight() == 0 ? now.height() : request.getHeight()));
  }

  private BlockView block(FinalizedChain.Still now, long height) {
    return Optional.of(height)
        .filter(it -> it >= 0)
        .flatMap(now::block)
        .map(views(now)::block)
        .orElseThrow(() -> missing(now, height));
  }

  @Override
  public void getTransaction(GetTransactionRequest request, StreamObserver<TransactionView> to) {
    Hash id = Refused.hash("id", request.getId());
    Answer.still(
        to,
        parts,
        now ->
            views(now)
                .transaction(id)
                .orElseThrow(
                    () -> Refused.absent("transaction %s is in no finalized block".formatted(id))));
  }

  @Override
  public void getAccount(GetAccountRequest request, StreamObserver<AccountView> to) {
    Address address = Refused.address(parts.addresses(), request.getAddress());
    Answer.still(to, parts, now -> views(now).account(address));
  }

  @Override
  public void getValidators(GetValidatorsRequest request, StreamObserver<Validators> to) {
    Answer.still(to, parts, now -> validators(now).all());
  }

  @Override
  public void getValidator(GetValidatorRequest request, StreamObserver<ValidatorStatus> to) {
    Address address = Refused.address(parts.addresses(), request.getAddress());
    Answer.still(to, parts, now -> validators(now).status(address));
  }

  @Override
  public void getProof(GetProofRequest request, StreamObserver<ProofView> to) {
    Bytes key = key(request.getSubject());
    Answer.still(to, parts, now -> views(now).proof(request.getSubject(), now.prove(key)));
  }

  private Bytes key(String subject) {
    try {
      return StateSubject.key(parts.addresses(), subject);
    } catch (Malformed e) {
      throw Refused.invalid(e.reason());
    }
  }

  @Override
  public void getFinality(GetFinalityRequest request, StreamObserver<FinalityView> to) {
    Answer.still(to, parts, now -> new LightViews(now).finality(request.getHeight()));
  }

  @Override
  public void listEpochSteps(ListEpochStepsRequest request, StreamObserver<EpochSteps> to) {
    Answer.still(to, parts, now -> new LightViews(now).steps(request.getFromEpoch()));
  }

  @Override
  public void getInclusion(GetInclusionRequest request, StreamObserver<InclusionView> to) {
    Hash id = Refused.hash("id", request.getId());
    Answer.still(to, parts, now -> new LightViews(now).inclusion(id));
  }

  /// Waits for the mempool's verdict, so that whoever asks learns at once what is wrong.
  @Override
  public void submit(SubmitRequest request, StreamObserver<SubmitReply> to) {
    if (request.getTransaction().size() > Transaction.BYTES_MAX) {
      throw Refused.invalid(
          "a transaction has at most %d bytes, was %d"
              .formatted(Transaction.BYTES_MAX, request.getTransaction().size()));
    }
    Transaction transaction = decode(request.getTransaction());
    Optional<String> reason = verdicts(List.of(transaction)).getFirst();
    if (reason.isPresent()) {
      throw Refused.invalid(reason.get());
    }
    Answer.with(to, SubmitReply.newBuilder().setId(transaction.id().toString()).build());
  }

  /// For who sends many: one answer for all of them.
  @Override
  public void submitBatch(SubmitBatchRequest request, StreamObserver<SubmitBatchReply> to) {
    if (request.getTransactionsCount() > BATCH_MAX) {
      throw Refused.invalid(
          "a batch has at most %d transactions, was %d"
              .formatted(BATCH_MAX, request.getTransactionsCount()));
    }
    List<Transaction> transactions =
        request.getTransactionsList().stream().map(ChainApi::decode).toList();
    SubmitBatchReply.Builder reply = SubmitBatchReply.newBuilder();
    verdicts(transactions).forEach(reason -> reply.addReasons(reason.orElse("")));
    Answer.with(to, reply.build());
  }

  private static Transaction decode(ByteString bytes) {
    try {
      return Reader.decode(Wire.from(bytes), Transaction::read);
    } catch (Malformed e) {
      throw Refused.invalid("transaction: " + e.reason());
    }
  }

  private List<Optional<String>> verdicts(List<Transaction> transactions) {
    var answer = new LinkedBlockingQueue<List<Optional<String>>>(1);
    if (!parts.replica().offer(new Replica.Input.Submitted(transactions, answer::offer))) {
      throw Refused.unavailable("this node has more to do than it can: try again");
    }
    try {
      List<Optional<String>> reasons = answer.poll(VERDICT_MILLIS, TimeUnit.MILLISECONDS);
      if (reasons == null) {
        throw Refused.unavailable(
            "the mempool did not answer within %d ms".formatted(VERDICT_MILLIS));
      }
      return reasons;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.unavailable("this node is stopping");
    }
  }

  @Override
  public void awaitTransaction(
      AwaitTransactionRequest request, StreamObserver<TransactionView> to) {
    Hash id = Refused.hash("id", request.getId());
    streams.start(
        "await",
        to,
        sink -> {
          while (sink.isOpen()) {
            long height = chain.height();
            boolean tooLate = chain.tip().timeMillis() > request.getValidUntilMillis();
            Optional<TransactionView> found = chain.still(now -> views(now).transaction(id));
            if (found.isPresent()) {
              sink.send(found.get());
              return;
            }
            if (tooLate || parts.feed().isClosed()) {
              throw Refused.absent(
                  "transaction %s was not included before it expired".formatted(id));
            }
            parts.feed().awaitAbove(height, Streams.POLL_MILLIS);
          }
        });
  }

  @Override
  public void streamBlocks(StreamBlocksRequest request, StreamObserver<BlockView> to) {
    if (request.getFromHeight() < 0) {
      throw Refused.invalid("from_height must not be negative, was " + request.getFromHeight());
    }
    streams.start(
        "blocks",
        to,
        sink -> {
          long next = request.getFromHeight();
          while (sink.isOpen() && !parts.feed().isClosed()) {
            if (next > chain.height()) {
              parts.feed().awaitAbove(next - 1, Streams.POLL_MILLIS);
            } else {
              long height = next;
              sink.send(chain.still(now -> block(now, height)));
              next++;
            }
          }
        });
  }

  /// Of a height that is not final yet, or whose block was forgotten or never fetched.
  private static RuntimeException missing(FinalizedChain.Still now, long height) {
    long newest = now.height();
    return height < 0 || height > newest
        ? Refused.absent("block %d is not final here; the newest is %d".formatted(height, newest))
        : Refused.absent(
            "block %d is not kept here, the oldest is %d: ask a node that keeps more"
                .formatted(height, now.oldestBlock().orElse(newest)));
  }
}
