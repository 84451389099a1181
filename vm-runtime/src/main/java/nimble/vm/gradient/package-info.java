/// Codecs: how the gradient of a step is rounded before anybody commits to it
/// ([nimble.vm.training]: T2).
@NullMarked
package nimble.vm.gradient;

import org.jspecify.annotations.NullMarked;
