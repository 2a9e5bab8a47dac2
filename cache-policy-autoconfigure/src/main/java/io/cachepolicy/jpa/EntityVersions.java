package io.cachepolicy.jpa;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.cachepolicy.spi.StoreVersions.Lineage;
import io.cachepolicy.spi.ValueCopier;
import org.hibernate.Hibernate;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.data.repository.core.EntityInformation;
import org.springframework.util.ClassUtils;
import org.springframework.util.NumberUtils;

/**
 * The versions of the instances of one entity, and what deferred writes made of them.
 */
final class EntityVersions {

	private final EntityInformation<Object, Object> information;

	private final EntityPersister persister;

	private final VersionLineage lineage;

	private final ValueCopier copier;

	EntityVersions(EntityRepository repository, VersionLineage lineage, ValueCopier copier) {
		this.information = repository.information();
		this.persister = repository.persister();
		this.lineage = lineage;
		this.copier = copier;
	}

	boolean isVersioned() {
		return this.persister.isVersioned();
	}

	/**
	 * Return whether a row may hold another version than the one that was written, as a
	 * column of times that has less precision.
	 * @return whether the version is to be read after a write
	 */
	boolean isRounded() {
		return isVersioned() && !Number.class.isAssignableFrom(
				ClassUtils.resolvePrimitiveIfNecessary(this.persister.getVersionType().getReturnedClass()));
	}

	/**
	 * Return a lineage with versions of the type that the entity has now: an earlier
	 * version of the application may have had another one, or none.
	 * @param lineage the lineage
	 * @return the lineage, {@code null} if its versions mean nothing any more
	 */
	@Nullable Lineage adapt(Lineage lineage) {
		if (!isVersioned()) {
			return new Lineage(null, null, null, null, lineage.gone());
		}
		try {
			return new Lineage(adapt(lineage.base()), adapt(lineage.current()), adapt(lineage.former()),
					adapt(lineage.saved()), lineage.gone());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private @Nullable Object adapt(@Nullable Object version) {
		Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(this.persister.getVersionType().getReturnedClass());
		if (version == null || type.isInstance(version)) {
			return version;
		}
		if (version instanceof Number number && Number.class.isAssignableFrom(type)) {
			return NumberUtils.convertNumberToTargetClass(number, type.asSubclass(Number.class));
		}
		throw new IllegalArgumentException("A version of another type");
	}

	@Nullable Object versionOf(Object value) {
		boolean readable = isVersioned() && Hibernate.isInitialized(value);
		return readable ? this.persister.getVersion(Hibernate.unproxy(value)) : null;
	}

	void setVersion(Object value, @Nullable Object version) {
		this.persister.setValue(Hibernate.unproxy(value), this.persister.getVersionPropertyIndex(), version);
	}

	/**
	 * Return whether a version tells that its instance was never stored.
	 * @param value the instance
	 * @return whether it is new, {@code null} if the version does not tell
	 */
	@Nullable Boolean isUnsaved(Object value) {
		return isVersioned() ? this.persister.getVersionMapping().getUnsavedStrategy().isUnsaved(versionOf(value))
				: null;
	}

	/**
	 * Return whether one write can have made a version of another one.
	 * @param from the version before, {@code null} if there was no row
	 * @param to the version after
	 * @return whether the one follows the other, always if the entity has no version
	 */
	boolean isNext(@Nullable Object from, @Nullable Object to) {
		if (to instanceof Number number) {
			return number.longValue() == ((from instanceof Number before) ? before.longValue() + 1 : 0);
		}
		return !isVersioned() || (to != null && (from == null || VersionLineage.isBefore(from, to)));
	}

	/**
	 * Return whether the repository takes an instance for new.
	 * @param value the instance
	 * @return whether {@code save} inserts it without a look at the row
	 */
	boolean isNew(Object value) {
		return this.information.isNew(value);
	}

	/**
	 * Return whether an instance that takes itself for new was inserted by a deferred
	 * write.
	 * @param id the id
	 * @param value the instance
	 * @return whether its row exists as far as is known
	 */
	boolean wasInserted(Object id, Object value) {
		return isNew(value) && this.lineage.isKnown(id);
	}

	/**
	 * Return whether later instances may have to be told from those of other writers.
	 * @param value the value
	 * @return whether the entity has a version, or an own notion of what is new
	 */
	boolean hasLineage(Object value) {
		return isVersioned() || isNew(value);
	}

	/**
	 * Return the versions of instances whose rows have a lineage.
	 * @param entries the instances by id
	 * @return their versions by id, {@code null} for one that is new
	 */
	Map<Object, @Nullable Object> versionsOf(Map<Object, Object> entries) {
		Map<Object, @Nullable Object> versions = new LinkedHashMap<>();
		entries.forEach((id, value) -> {
			if (hasLineage(value)) {
				Object version = versionOf(value);
				versions.put(id, Boolean.TRUE.equals(isUnsaved(value)) ? null : version);
			}
		});
		return versions;
	}

	/**
	 * Return how a write changed versions.
	 * @param before the versions before
	 * @param stored what was stored, by id
	 * @return the steps of the rows that have a lineage
	 */
	List<VersionLineage.Step> steps(Map<Object, @Nullable Object> before, Map<Object, Object> stored) {
		List<VersionLineage.Step> steps = new ArrayList<>();
		stored.forEach((id, value) -> {
			if (before.containsKey(id)) {
				steps.add(new VersionLineage.Step(id, before.get(id), versionOf(value)));
			}
		});
		return steps;
	}

	/**
	 * Return an instance that was not outdated by deferred writes.
	 * @param id the id
	 * @param value the value
	 * @return the value, or a copy if it takes the last version of its lineage
	 */
	Object catchUp(Object id, Object value) {
		Object version = versionOf(value);
		if (version != null && this.lineage.isGone(id, version)) {
			return asNew(value);
		}
		Object current = this.lineage.rebase(id, version);
		return (current != version) ? withVersion(value, current) : value;
	}

	/**
	 * Return an instance that was not outdated by deferred writes alone.
	 * @param id the id
	 * @param value the value
	 * @return the value, or a copy if it takes the last version of its lineage
	 */
	Object catchUpForSave(Object id, Object value) {
		Object version = versionOf(value);
		Object current = isVersioned() ? this.lineage.rebaseForSave(id, version) : version;
		return (current != version) ? withVersion(value, current) : value;
	}

	/**
	 * Return an instance that can be written over what the row holds, whoever wrote it.
	 * @param id the id
	 * @param value the value, which is left as it is
	 * @param versionOfRow asks for the version of the row, empty if there is no row
	 * @return the value, or a copy with another version
	 */
	Object rebase(Object id, Object value, Supplier<Optional<Object>> versionOfRow) {
		if (!isVersioned() && !isNew(value)) {
			return value;
		}
		Optional<Object> row = versionOfRow.get();
		if (row.isEmpty()) {
			this.lineage.forget(List.of(id));
			return (isVersioned() && !this.persister.getGenerator().generatesOnInsert()) ? asNew(value) : value;
		}
		Object current = isVersioned() ? withVersion(value, row.get()) : value;
		if (isNew(current)) {
			// It would be inserted, if the row were not known
			Object version = versionOf(current);
			this.lineage.flushed(new VersionLineage.Step(id, version, version));
		}
		return current;
	}

	/**
	 * Return a copy with a version.
	 * @param value the value
	 * @param version the version
	 * @return the copy
	 */
	Object withVersion(Object value, @Nullable Object version) {
		Object copy = this.copier.copy(value);
		setVersion(copy, version);
		return copy;
	}

	/**
	 * Return a copy with the version of an instance that was never stored.
	 * @param value the value
	 * @return the copy
	 */
	Object asNew(Object value) {
		Object copy = this.copier.copy(value);
		EntityPersister type = this.persister.getSubclassEntityPersister(copy, this.persister.getFactory());
		Object created = type.getRepresentationStrategy().getInstantiator().instantiate();
		setVersion(copy, type.getVersion(created));
		return copy;
	}

	/**
	 * Note rows that were deleted. A row without a generated id can be inserted again, by
	 * an instance of before.
	 * @param ids the ids of the rows
	 */
	void deleted(Collection<?> ids) {
		if (isVersioned() && !this.persister.getGenerator().generatesOnInsert()) {
			this.lineage.deleted(ids);
		}
		else {
			this.lineage.forget(ids);
		}
	}

}
