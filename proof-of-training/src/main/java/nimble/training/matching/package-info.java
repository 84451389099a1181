/// Which offer gets which stage, at what price, bond and audit rate.
///
/// - J3: matching gives each stage, in order, to the cheapest eligible offer: pay for the metered
///   operations × (1 + 3q), ties to the older offer; the cheapest 256 are looked at, and each not
///   chosen has a reason. Eligible: registered, device kind, price cap, memory, done before the
///   deadline, bond, fewer than 3 strikes in 10 epochs, no other stage held. A stage's bond is
///   locked as long as it is held: at least `bondSteps` × c, and more if free, up to the lowest
///   audit rate: q = 20 c ÷ (δ bond), rounded up, between the stage's lowest rate and the
///   parameter's highest; the spec may raise it. The lowest is the parameter's as a part of the
///   stage's compute, an audit with all updates of its round, unless it is the highest as well. c
///   is the pay of a step and the emission that may follow it ([AuditRate]).
@NullMarked
package nimble.training.matching;

import org.jspecify.annotations.NullMarked;
