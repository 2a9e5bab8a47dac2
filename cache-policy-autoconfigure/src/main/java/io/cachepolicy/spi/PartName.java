package io.cachepolicy.spi;

import org.jspecify.annotations.Nullable;

/**
 * A part of values, or several, as instances of an application tell each other of them.
 * Made and understood by {@link StoreParts}.
 *
 * @param kind of what it is a part, as the store names that
 * @param id which one it is, {@code null} for any. A value that can be sent as a key can,
 * with the equality of its class
 */
public record PartName(String kind, @Nullable Object id) {

}
