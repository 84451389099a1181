/// Participants that deviate, for simulations and devnets: what honest ones must live with. Never
/// wired on any other network.
@NullMarked
package nimble.training.fault;

import org.jspecify.annotations.NullMarked;
