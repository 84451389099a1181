@NullMarked
package nimble.node.metrics;

import org.jspecify.annotations.NullMarked;
