/// Machines that do not do what they should: who the audits are there for. Main code, since a
/// devnet runs them too; refused elsewhere.
///
/// - F1: what is wrong is wrong from the first training step on at the earliest: as long as a class
///   probe lasts, every machine is honest, since a cheat would be.
/// - F2: what is wrong follows from the order of calls and a seed.
@NullMarked
package nimble.vm.fault;

import org.jspecify.annotations.NullMarked;
