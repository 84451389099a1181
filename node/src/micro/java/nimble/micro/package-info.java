/// Parts of the chain's work, each alone, by JMH: `scripts/bench micro`. Not compiled with the rest
/// and never shipped.
@NullMarked
package nimble.micro;

import org.jspecify.annotations.NullMarked;
