/**
 * An application in a process of its own, which is killed and started again.
 */
@NullUnmarked
package io.cachepolicy.journal.process;

import org.jspecify.annotations.NullUnmarked;
