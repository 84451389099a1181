/// Figures of the tensor machine in one process; `scripts/bench` starts them.
@NullMarked
package nimble.vm.bench;

import org.jspecify.annotations.NullMarked;
