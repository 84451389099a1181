/// Numbers in memory: fp32 buffers, and the weights of a frozen base as they lie there, plain or
/// quantised ([nimble.vm]: L2, L3).
@NullMarked
package nimble.vm.tensor;

import org.jspecify.annotations.NullMarked;
