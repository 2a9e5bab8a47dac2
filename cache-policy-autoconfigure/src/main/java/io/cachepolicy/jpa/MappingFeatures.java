package io.cachepolicy.jpa;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.stream.Stream;

import org.hibernate.persister.entity.EntityPersister;

import org.springframework.util.ReflectionUtils;

/**
 * Features of a mapping by which Hibernate changes or hides rows, and that not each of
 * its versions has: a version without the method is one without the feature.
 */
final class MappingFeatures {

	// Hibernate 7.4
	private static final Method[] MAPPINGS = Stream.of("getTemporalMapping", "getAuditMapping", "getTenantIdMapping")
		.map((name) -> ReflectionUtils.findMethod(EntityPersister.class, name))
		.filter(Objects::nonNull)
		.toArray(Method[]::new);

	private MappingFeatures() {
	}

	/**
	 * Return whether Hibernate can upsert columns of each type. Before 7.4 it casts some
	 * to types that the database does not know, as {@code varchar(null)}.
	 * @return whether upserts can be used
	 */
	static boolean isEveryTypeUpsertable() {
		return MAPPINGS.length > 0;
	}

	/**
	 * Return whether the rows of an entity have a history, an audit log or a tenant.
	 * @param persister the entity
	 * @return whether there are rows, or columns, of which the attributes do not tell
	 */
	static boolean hasHiddenState(EntityPersister persister) {
		return Stream.of(MAPPINGS).anyMatch((mapping) -> ReflectionUtils.invokeMethod(mapping, persister) != null);
	}

}
