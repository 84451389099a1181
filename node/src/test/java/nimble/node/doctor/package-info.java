@NullMarked
package nimble.node.doctor;

import org.jspecify.annotations.NullMarked;
