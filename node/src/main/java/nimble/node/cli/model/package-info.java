/// `nbcli model`: models that are brought or trained; published, served and taken home.
@NullMarked
package nimble.node.cli.model;

import org.jspecify.annotations.NullMarked;
