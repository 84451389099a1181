/// `nimble doctor`: what an operator should know about a machine before a node runs on it, and
/// while it does. Each check is a [Finding]; one that found something wrong says what to do.
@NullMarked
package nimble.node.doctor;

import org.jspecify.annotations.NullMarked;
