package nimble.ledger;

import java.util.function.UnaryOperator;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;

/// All that an account ever earned, in nim-units (L9): [#paid] less [#lost] is vesting or has
/// vested.
///
/// @param work net pay for stages
/// @param emission that followed it
/// @param leading for blocks
/// @param voting for stake
/// @param audits fees of audits and of findings
/// @param delegating paid out for stake that votes with validators; it need not vest
/// @param vested what became bond, stake or balance
/// @param lost what slashes took before it vested
public record Income(
    long work,
    long emission,
    long leading,
    long voting,
    long audits,
    long delegating,
    long vested,
    long lost) {
  private static final Income NONE = new Income(0, 0, 0, 0, 0, 0, 0, 0);

  public static Income of(StateView state, Address address) {
    return state.read(Keys.of(Keys.INCOME, address), Income::read).orElse(NONE);
  }

  static void change(Overlay state, Address address, UnaryOperator<Income> change) {
    state.write(Keys.of(Keys.INCOME, address), change.apply(of(state, address))::write);
  }

  /// Everything credited, vested or not.
  public long paid() {
    long validating = Math.addExact(leading, voting);
    return Math.addExact(
        Math.addExact(work, emission),
        Math.addExact(validating, Math.addExact(audits, delegating)));
  }

  Income addWork(long amount) {
    return new Income(
        Math.addExact(work, amount), emission, leading, voting, audits, delegating, vested, lost);
  }

  Income addEmission(long amount) {
    return new Income(
        work, Math.addExact(emission, amount), leading, voting, audits, delegating, vested, lost);
  }

  Income addValidating(long forLeading, long forVoting) {
    return new Income(
        work,
        emission,
        Math.addExact(leading, forLeading),
        Math.addExact(voting, forVoting),
        audits,
        delegating,
        vested,
        lost);
  }

  Income addAudits(long amount) {
    return new Income(
        work, emission, leading, voting, Math.addExact(audits, amount), delegating, vested, lost);
  }

  /// Into the balance at once.
  Income addDelegating(long amount) {
    return new Income(
        work,
        emission,
        leading,
        voting,
        audits,
        Math.addExact(delegating, amount),
        Math.addExact(vested, amount),
        lost);
  }

  Income addVested(long amount) {
    return new Income(
        work, emission, leading, voting, audits, delegating, Math.addExact(vested, amount), lost);
  }

  Income addLost(long amount) {
    return new Income(
        work, emission, leading, voting, audits, delegating, vested, Math.addExact(lost, amount));
  }

  void write(Writer writer) {
    writer.i64(work).i64(emission).i64(leading).i64(voting);
    writer.i64(audits).i64(delegating).i64(vested).i64(lost);
  }

  static Income read(Reader reader) throws Malformed {
    return new Income(
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64());
  }
}
