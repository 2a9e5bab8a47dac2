package io.cachepolicy.jpa.relation;

import java.util.Collection;
import java.util.List;

import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;

/**
 * How the rows of one hierarchy of entities refer to others, see {@link RowMappings}.
 */
final class EntityRelations implements RowRelations {

	private final RowMappings mappings;

	private final RowMappings.Rows rows;

	private final int rank;

	private final boolean associated;

	EntityRelations(RowMappings mappings, RowMappings.Rows rows) {
		this.mappings = mappings;
		this.rows = rows;
		this.rank = mappings.graph().rank(rows.root());
		this.associated = mappings.hasAssociations(rows.root());
	}

	@Override
	public Object rows() {
		return this.rows;
	}

	@Override
	public int rank() {
		return this.rank;
	}

	@Override
	public boolean refersTo(RowRelations other) {
		return other instanceof EntityRelations relations && isOfSameFactory(relations)
				&& this.mappings.graph().reaches(this.rows.root(), relations.rows.root());
	}

	@Override
	public boolean writes(RowRelations other) {
		return other instanceof EntityRelations relations && isOfSameFactory(relations)
				&& this.mappings.cascades().reaches(this.rows.root(), relations.rows.root());
	}

	private boolean isOfSameFactory(EntityRelations other) {
		return other.rows.factory() == this.rows.factory();
	}

	@Override
	public Collection<RowReference> references(Object value) {
		return this.associated ? new ReferredRows(this.mappings).of(value) : List.of();
	}

}
