package io.cachepolicy.jpa;

import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.sql.model.MutationOperationGroup;
import org.hibernate.sql.model.PreparableMutationOperation;
import org.hibernate.sql.model.TableMapping.MutationDetails;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;

/**
 * What the mapping of an entity asks of a writer of its rows.
 */
final class EntityTraits {

	private final EntityPersister persister;

	EntityTraits(EntityPersister persister) {
		this.persister = persister;
	}

	/**
	 * Return whether an instance is one row of one table, which can be replaced without a
	 * look at what it was before. If so, a stateless session writes what {@code merge}
	 * does.
	 * @return {@code false} if there is anything that needs the old state or other rows
	 */
	boolean isOneRow() {
		return !hasOtherRows() && !needsOldState() && !isGeneratedByDatabase() && !isFiltered();
	}

	private boolean hasOtherRows() {
		return this.persister.hasCascades() || this.persister.hasOwnedCollections()
				|| this.persister.hasMultipleTables() || this.persister.hasSubclasses() || this.persister.isInherited();
	}

	private boolean needsOldState() {
		return this.persister.isDynamicUpdate() || this.persister.isDynamicInsert() || !this.persister.isMutable()
				|| this.persister.optimisticLockStyle().isAllOrDirty() || !areAllVersioned()
				|| this.persister.hasNaturalIdentifier() || this.persister.hasLazyProperties()
				|| this.persister.canWriteToCache() || this.persister.isSelectBeforeUpdateRequired();
	}

	private boolean areAllVersioned() {
		return !this.persister.isVersioned() || IntStream.range(0, this.persister.getPropertyNames().length)
			.filter((index) -> index != this.persister.getVersionPropertyIndex())
			.filter((index) -> !this.persister.getPropertyTypes()[index].isCollectionType())
			.allMatch((index) -> this.persister.getPropertyVersionability()[index]);
	}

	private boolean isGeneratedByDatabase() {
		return this.persister.hasInsertGeneratedProperties() || this.persister.hasUpdateGeneratedProperties()
				|| this.persister.isVersionPropertyGenerated();
	}

	private boolean isFiltered() {
		return this.persister.getSoftDeleteMapping() != null || MappingFeatures.hasHiddenState(this.persister)
				|| this.persister.hasWhereRestrictions() || this.persister.hasFilterForLoadByKey();
	}

	/**
	 * Return whether a stateless session can write instances at all.
	 * @return {@code false} if it would refuse or forget something: it updates nothing
	 * that is immutable, does not read what the database generates, does not look for
	 * collections inside of embeddables, and loads the target of an {@code @Any}
	 */
	boolean isWritableAsRows() {
		return this.persister.isMutable() && !isGeneratedByDatabase() && all().noneMatch(EntityTraits::needsSession);
	}

	private Stream<EntityPersister> all() {
		return Stream.concat(Stream.of(this.persister),
				this.persister.getSubMappingTypes().stream().map(EntityMappingType::getEntityPersister));
	}

	private static boolean needsSession(EntityPersister persister) {
		return Stream.of(persister.getPropertyTypes())
			.anyMatch((type) -> type.isAnyType() || (type.isComponentType() && hasCollectionOrAny(type)));
	}

	private static boolean hasCollectionOrAny(Type type) {
		return (type instanceof ComponentType component)
				? Stream.of(component.getSubtypes()).anyMatch(EntityTraits::hasCollectionOrAny)
				: type.isCollectionType() || type.isAnyType();
	}

	/**
	 * Return whether rows have a version.
	 * @return whether each update changes its row
	 */
	boolean isVersioned() {
		return this.persister.isVersioned();
	}

	/**
	 * Return whether one statement can insert or update a row, whichever it takes.
	 * @return {@code false} too if the version or a generated id tells which it takes,
	 * and if the database has no such statement that can be batched
	 */
	boolean isUpsertable() {
		return !this.persister.isVersioned() && !this.persister.getGenerator().generatesOnInsert()
				&& this.persister.getSoftDeleteMapping() == null && !this.persister.hasPreInsertGeneratedProperties()
				&& !this.persister.hasPreUpdateGeneratedProperties() && areAllWritten() && !hasCustomSql()
				&& MappingFeatures.isEveryTypeUpsertable() && isUpsertBatched();
	}

	private boolean areAllWritten() {
		int count = this.persister.getPropertyNames().length;
		return count > 0 && IntStream.range(0, count)
			.allMatch((index) -> this.persister.getPropertyInsertability()[index]
					&& this.persister.getPropertyUpdateability()[index]);
	}

	/**
	 * Return whether the mapping brings SQL of its own.
	 * @return {@code false} if Hibernate makes all statements
	 */
	boolean hasCustomSql() {
		return Stream.of(this.persister.getTableMappings())
			.flatMap((table) -> Stream.of(table.getInsertDetails(), table.getUpdateDetails(), table.getDeleteDetails()))
			.map(MutationDetails::getCustomSql)
			.anyMatch((sql) -> sql != null);
	}

	private boolean isUpsertBatched() {
		MutationOperationGroup group = this.persister.getMergeCoordinator().getStaticMutationOperationGroup();
		return group != null && group.getNumberOfOperations() == 1
				&& group.getSingleOperation() instanceof PreparableMutationOperation operation
				&& operation.getExpectation().canBeBatched();
	}

	/**
	 * Return whether rows can be deleted without being loaded.
	 * @return {@code false} if there is anything beside the row that is to be deleted or
	 * kept in order
	 */
	boolean isDeletableById() {
		return all().noneMatch((type) -> type.hasCascadeDelete() || type.hasOwnedCollections())
				&& !this.persister.hasMultipleTables() && !this.persister.hasNaturalIdentifier() && !hasCustomSql()
				&& !isFiltered();
	}

}
