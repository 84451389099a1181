/// What a job trains on, as rows of a data set: text, or examples that were made from it, in an
/// order that the seed draws ([nimble.vm.training]: T1).
@NullMarked
package nimble.vm.data;

import org.jspecify.annotations.NullMarked;
