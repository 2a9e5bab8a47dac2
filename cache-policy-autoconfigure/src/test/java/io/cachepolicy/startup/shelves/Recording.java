package io.cachepolicy.startup.shelves;

import java.util.Optional;

/**
 * A fragment that replaces methods of Spring Data.
 *
 * @param <T> the entity
 * @param <I> the type of its id
 */
public interface Recording<T, I> {

	<S extends T> S save(S entity);

	Optional<T> findById(I id);

}
