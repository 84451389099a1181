package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import nimble.api.v1.AccountView;
import nimble.api.v1.AwaitTransactionRequest;
import nimble.api.v1.ChainServiceGrpc;
import nimble.api.v1.ChainStatus;
import nimble.api.v1.GetAccountRequest;
import nimble.api.v1.GetStatusRequest;
import nimble.api.v1.GetTransactionRequest;
import nimble.api.v1.SubmitReply;
import nimble.api.v1.SubmitRequest;
import nimble.api.v1.TransactionView;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.SigningKey;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.node.api.Wire;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Surroundings;
import nimble.node.devnet.Devnet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands against a node that says what it likes.
final class HostileNodeTest {
  private static final Genesis GENESIS =
      Devnet.create(Bytes.utf8("a seed of a hostile node........"), 1, 0, 1, Parameters.devnet())
          .genesis();
  private static final long YEAR_MILLIS = 365L * 24 * 3_600_000;
  private static final String ESCAPES = "\u001b[2J\u009b31mapplied\r";

  @TempDir Path folder;

  private final Lies lies = new Lies();
  private final Server server =
      Server.builder()
          .http(0)
          .service(GrpcService.builder().addService(lies).useBlockingTaskExecutor(true).build())
          .build();

  private static final class Lies extends ChainServiceGrpc.ChainServiceImplBase {
    private final List<Transaction> taken = new ArrayList<>();
    private long aheadMillis;

    private static <T> void answer(StreamObserver<T> to, T answer) {
      to.onNext(answer);
      to.onCompleted();
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<ChainStatus> to) {
      answer(
          to,
          ChainStatus.newBuilder()
              .setChainId(GENESIS.chain().value())
              .setGenesis(Wire.to(GENESIS.encode()))
              .setBaseFee(1)
              .setTimeMillis(System.currentTimeMillis() + aheadMillis)
              .build());
    }

    @Override
    public void getAccount(GetAccountRequest request, StreamObserver<AccountView> to) {
      answer(
          to,
          AccountView.newBuilder()
              .setAddress(request.getAddress())
              .setBalance(Parameters.NIM * 1_000)
              .build());
    }

    @Override
    public void getTransaction(GetTransactionRequest request, StreamObserver<TransactionView> to) {
      answer(to, TransactionView.newBuilder().setId("00").setReason(ESCAPES).build());
    }

    @Override
    public void submit(SubmitRequest request, StreamObserver<SubmitReply> to) {
      try {
        taken.add(Reader.decode(Wire.from(request.getTransaction()), Transaction::read));
      } catch (Malformed e) {
        throw new IllegalStateException(e);
      }
      answer(to, SubmitReply.getDefaultInstance());
    }

    @Override
    public void awaitTransaction(
        AwaitTransactionRequest request, StreamObserver<TransactionView> to) {
      to.onError(Status.UNAVAILABLE.withDescription(ESCAPES).asRuntimeException());
    }
  }

  @BeforeEach
  void start() throws Exception {
    server.start().join();
    cli().keepWallet("default", SigningKey.fromSeed(Bytes.wrap(new byte[SigningKey.SEED_SIZE])));
  }

  @AfterEach
  void stop() {
    server.stop().join();
  }

  private Cli cli() {
    return new Cli(folder);
  }

  private String node() {
    return "127.0.0.1:" + server.activeLocalPort();
  }

  private Cli.Ran transfer(Cli cli) {
    return cli.nbcli("wallet", "transfer", "--to", "default", "--amount", "5", "--node", node());
  }

  @Test
  void nothingIsSignedThatStaysValidBecauseANodeSaysItIsLater() {
    lies.aheadMillis = 100 * YEAR_MILLIS;
    String err = transfer(cli()).expect(ExitCode.NODE_FAILED).err();
    assertTrue(err.contains("this machine's clock"), err);
    assertEquals(List.of(), lies.taken);
  }

  @Test
  void whoIsNotToldWhatBecameOfAPaymentIsToldNotToPayTwice() {
    String err = transfer(cli()).expect(ExitCode.NODE_FAILED).err();
    assertTrue(err.contains("nbcli chain tx " + lies.taken.getFirst().id()), err);
    assertTrue(err.contains("before you send it again"), err);
  }

  @Test
  void i5WhatANodeSaysMovesNoCursor() {
    for (Cli.Ran ran :
        List.of(
            cli().nbcli("chain", "tx", "00", "--node", node()),
            cli().nbcli("chain", "tx", "00", "--node", node(), "--json"),
            transfer(cli()))) {
      String all = ran.out() + ran.err();
      assertTrue(all.toLowerCase(Locale.ROOT).contains("\\u001b[2j\\u009b31mapplied"), all);
      assertFalse(all.codePoints().anyMatch(it -> it != '\n' && Character.isISOControl(it)), all);
    }
    assertEquals(
        ESCAPES,
        cli()
            .nbcli("chain", "tx", "00", "--node", node(), "--json")
            .json()
            .path("reason")
            .asText());
  }

  @Test
  void whoIsAskedIsToldOnWhichChainMoneyMoves() {
    List<String> asked = new ArrayList<>();
    Surroundings.Terminal person =
        new Surroundings.Terminal() {
          @Override
          public String password(String prompt) {
            return Cli.PASSWORD;
          }

          @Override
          public String line(String prompt) {
            asked.add(prompt);
            return "no";
          }
        };
    transfer(cli().at(person)).expect(ExitCode.USER_MISTAKE);
    assertTrue(
        asked.getFirst().startsWith("On chain " + GENESIS.chain() + ": Send 5 NIM"),
        asked::toString);
    assertEquals(List.of(), lies.taken);
  }
}
