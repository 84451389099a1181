@NullMarked
package nimble.node.wide;

import org.jspecify.annotations.NullMarked;
