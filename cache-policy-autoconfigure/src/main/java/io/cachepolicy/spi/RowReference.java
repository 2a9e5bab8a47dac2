package io.cachepolicy.spi;

/**
 * A row to which another one refers.
 *
 * @param rows the kind of row, see {@link RowRelations#rows()}
 * @param key the key of the row
 */
public record RowReference(Object rows, Object key) {

}
