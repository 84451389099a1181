package nimble.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.MinerCall.BondAdd;
import nimble.chain.MinerCall.BondRemove;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.MinerCall.OfferWithdraw;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Receipt.Outcome;
import nimble.chain.StakeCall.Delegate;
import nimble.chain.StakeCall.Evidence;
import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.StakeCall.StakeRemove;
import nimble.chain.StakeCall.Undelegate;
import nimble.chain.StakeCall.Unjail;
import nimble.chain.StakeCall.ValidatorExit;
import nimble.chain.StakeCall.ValidatorRegister;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.codec.Bytes;
import nimble.genesis.Genesis;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Genesis.GenesisValidator;
import nimble.genesis.Parameters;
import nimble.sim.Conformance;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Height;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.types.Signature;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;
import org.junit.jupiter.api.Test;

/// A byte that changes in what is hashed or signed is another chain: each type is pinned.
final class ChainConformanceTest {
  private static final ChainId CHAIN = new ChainId("nimble-test");
  private static final Address ADDRESS = new Address(filled(Address.SIZE, 0x11));
  private static final PublicKey KEY = new PublicKey(filled(PublicKey.SIZE, 0x22));
  private static final Signature SIGNATURE = new Signature(filled(Signature.SIZE, 0x33));
  private static final VoteKey VOTE_KEY = new VoteKey(filled(VoteKey.SIZE, 0x44));
  private static final VoteSignature VOTE = new VoteSignature(filled(VoteSignature.SIZE, 0x55));
  private static final JobId JOB = new JobId(7);
  private static final StageSlot SLOT = new StageSlot(JOB, 2, 1);

  private static Bytes filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return Bytes.wrap(bytes);
  }

  private static Hash hash(int value) {
    return new Hash(filled(Hash.SIZE, value));
  }

  private static Transaction transaction(Call call) {
    return new Transaction(
        new Transaction.Unsigned(CHAIN, KEY, 3, 1_700_000_000_000L, 50_000, 7, call), SIGNATURE);
  }

  private static void pin(String name, Call call) {
    Conformance.check(
        ChainConformanceTest.class, name, transaction(call), Transaction::write, Transaction::read);
  }

  private static void pin(String name, WorkCall call) {
    Conformance.check(
        ChainConformanceTest.class,
        name,
        new SignedWorkCall(call, SIGNATURE),
        SignedWorkCall::write,
        SignedWorkCall::read);
  }

  @Test
  void callsOfAccounts() {
    pin("Transfer", new Transfer(ADDRESS, 1_000_000_000, Bytes.utf8("thanks")));
    pin("StakeAdd", new StakeAdd(5));
    pin("StakeRemove", new StakeRemove(6));
    pin("ValidatorRegister", new ValidatorRegister(VOTE_KEY, VOTE, KEY, 200));
    pin("ValidatorExit", new ValidatorExit());
    pin("Unjail", new Unjail());
    pin("Delegate", new Delegate(ADDRESS, 7));
    pin("Undelegate", new Undelegate(ADDRESS, 8));
    pin("Evidence", new Evidence(Bytes.utf8("a vote"), Bytes.utf8("another")));
    pin("MinerRegister", new MinerRegister(KEY, ADDRESS, "miner é", "127.0.0.1:7040"));
    pin("OfferPut", new OfferPut(Device.GPU, "H100", 1L << 36, 1L << 50, 2_000_000_000));
    pin("OfferWithdraw", new OfferWithdraw());
    pin("BondAdd", new BondAdd(8));
    pin("BondRemove", new BondRemove(9));
    pin("JobSubmit", new JobSubmit(Bytes.utf8("a spec")));
    pin("JobTopUp", new JobTopUp(JOB, 10));
    pin("JobCancel", new JobCancel(JOB));
    pin(
        "ModelPublish",
        new ModelCall.ModelPublish(
            new ModelSource.Trained(JOB), "a/model-1", "Apache-2.0", 11, Optional.of(hash(4))));
    pin(
        "ModelBring",
        new ModelCall.ModelPublish(
            new ModelSource.Brought(Bytes.utf8("described")), "b", "MIT", 0, Optional.empty()));
    pin("ModelDeploy", new ModelCall.ModelDeploy("a/model-1", KEY, 2, 12, 13, 1_700_000_000_000L));
    pin("ModelUndeploy", new ModelCall.ModelUndeploy(JOB));
  }

  @Test
  void workCalls() {
    pin("JobAccept", new JobAccept(SLOT, 2, hash(1)));
    pin("ClassOpen", new ClassOpen(SLOT, hash(2)));
    pin("RoundCommit", roundCommit());
    Hash none = WorkCall.RoundCommit.NO_EDGE;
    pin(
        "RoundCommitAlone",
        new WorkCall.RoundCommit(
            SLOT, 400, 0, hash(3), hash(4), none, none, OptionalInt.of(5), OptionalInt.of(6)));
    pin("CheckpointRecord", new CheckpointRecord(SLOT, 19, 2, hash(7)));
    pin("CheckpointKept", new WorkCall.CheckpointKept(SLOT, 19, 2, ADDRESS));
    pin(
        "DoubleVote",
        new WorkCall.DoubleVote(ADDRESS, ADDRESS, Bytes.utf8("a vote"), Bytes.utf8("another")));
  }

  @Test
  void c3OnlyWhatOpensACommitmentToAllOfItIsNotSigned() {
    AuditId audit = new AuditId(JOB, 11);
    AuditCall.AuditReveal reveal =
        new AuditCall.AuditReveal(audit, ADDRESS, Verdict.UPHELD, hash(4), hash(5));
    Signature none = new Signature(filled(Signature.SIZE, 0));
    assertEquals(none, new SignedWorkCall(reveal, SIGNATURE).signature());
    WorkCall commit = new AuditCall.AuditCommit(audit, ADDRESS, reveal.commitment());
    assertEquals(SIGNATURE, new SignedWorkCall(commit, SIGNATURE).signature());
    assertEquals(
        5,
        Stream.of(
                reveal,
                new AuditCall.AuditReveal(audit, ADDRESS, Verdict.DEVIATES, hash(4), hash(5)),
                new AuditCall.AuditReveal(audit, ADDRESS, Verdict.UPHELD, hash(5), hash(5)),
                new AuditCall.AuditReveal(audit, ADDRESS, Verdict.UPHELD, hash(4), hash(4)),
                new AuditCall.AuditReveal(
                    audit, ADDRESS, Verdict.UPHELD, hash(4), hash(5), projection()))
            .map(AuditCall.AuditReveal::commitment)
            .distinct()
            .count());
  }

  @Test
  void workCallsOfDeployments() {
    pin("HostReady", new ServeCall.HostReady(SLOT, 1, 2, hash(8)));
    pin("HostMissing", new ServeCall.HostMissing(SLOT, 1, 3));
    ServePromise promise = new ServePromise(SLOT, 1, 4_000, 4_096, hash(9));
    pin("ServeReceipt", new ServeCall.ServeReceipt(promise, SIGNATURE, hash(10)));
  }

  @Test
  void workCallsOfAudits() {
    AuditId audit = new AuditId(JOB, 11);
    pin("AuditorJoin", new AuditCall.AuditorJoin(SLOT, ADDRESS, hash(1)));
    pin("AuditorOpen", new AuditCall.AuditorOpen(SLOT, ADDRESS, hash(2)));
    pin("AuditCommit", new AuditCall.AuditCommit(audit, ADDRESS, hash(3)));
    pin(
        "AuditReveal",
        new AuditCall.AuditReveal(audit, ADDRESS, Verdict.DEVIATES, hash(4), hash(5)));
    pin(
        "AuditRevealAcrossClasses",
        new AuditCall.AuditReveal(
            audit, ADDRESS, Verdict.DEVIATES, hash(4), hash(5), projection()));
    pin("DataChallenge", new AuditCall.DataChallenge(audit, ADDRESS));
    pin("DataAnswer", new AuditCall.DataAnswer(audit, ADDRESS, hash(3)));
    pin("Concede", new AuditCall.Concede(audit));
    pin("Appeal", new AuditCall.Appeal(audit));
    pin("SketchCommit", new AuditCall.SketchCommit(SLOT, ADDRESS, 9, hash(7)));
    pin("SketchOpen", new AuditCall.SketchOpen(SLOT, ADDRESS, 9, hash(8), ADDRESS, 6_000));
    pin("DisputeMove", new AuditCall.DisputeMove(audit, ADDRESS, 3, Bytes.utf8("a move")));
    pin("DisputeFinding", new AuditCall.DisputeFinding(audit, ADDRESS, hash(6)));
    pin("VerdictVote", new AuditCall.VerdictVote(audit, ADDRESS, Verdict.REJECTED, hash(6)));
  }

  private static WorkCall.RoundCommit roundCommit() {
    return new WorkCall.RoundCommit(
        SLOT,
        4,
        1,
        hash(3),
        hash(4),
        hash(5),
        hash(6),
        OptionalInt.of(0x3f800000),
        OptionalInt.empty());
  }

  private static Header header() {
    return new Header(
        CHAIN,
        1,
        12,
        new Height(9),
        hash(1),
        1_700_000_000_123L,
        3,
        VOTE,
        hash(2),
        hash(3),
        hash(4),
        hash(5),
        hash(6),
        hash(7),
        Optional.of(hash(8)));
  }

  @Test
  void blocks() {
    Conformance.check(ChainConformanceTest.class, "Header", header(), Header::write, Header::read);
    Block block =
        new Block(
            header(),
            new Block.Body(
                List.of(new SignedWorkCall(roundCommit(), SIGNATURE)),
                List.of(transaction(new StakeAdd(5))),
                List.of(Bytes.utf8("votes"))));
    Conformance.check(ChainConformanceTest.class, "Block", block, Block::write, Block::read);
    Conformance.check(
        ChainConformanceTest.class,
        "ReceiptApplied",
        new Receipt(12, new Outcome.Applied(Optional.of(JOB))),
        Receipt::write,
        Receipt::read);
    Conformance.check(
        ChainConformanceTest.class,
        "ReceiptRejected",
        new Receipt(12, new Outcome.Rejected("balance 1, needs 2")),
        Receipt::write,
        Receipt::read);
    Conformance.check(
        ChainConformanceTest.class,
        "ValidatorSet",
        new ValidatorSet(List.of(new ValidatorSet.Validator(ADDRESS, KEY, VOTE_KEY, 10, 11))),
        ValidatorSet::write,
        ValidatorSet::read);
  }

  @Test
  void genesis() {
    Genesis genesis =
        new Genesis(
            CHAIN,
            "tnim",
            1_700_000_000_000L,
            hash(1),
            5_000,
            Parameters.devnet(),
            List.of(new GenesisValidator(ADDRESS, KEY, VOTE_KEY, VOTE)),
            List.of(new GenesisAccount(ADDRESS, 1, 2, 3)));
    Conformance.check(
        ChainConformanceTest.class, "Genesis", genesis, Genesis::write, Genesis::read);
  }

  private static Bytes projection() {
    byte[] bytes = new byte[AuditCall.AuditReveal.PROJECTION_SIZE];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return Bytes.wrap(bytes);
  }
}
