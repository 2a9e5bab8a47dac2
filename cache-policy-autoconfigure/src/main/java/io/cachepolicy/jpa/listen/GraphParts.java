package io.cachepolicy.jpa.listen;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.cachepolicy.jpa.aggregate.Aggregates;
import io.cachepolicy.jpa.aggregate.Part;
import io.cachepolicy.spi.PartName;
import io.cachepolicy.spi.RowChanges;
import io.cachepolicy.spi.StoreParts;

/**
 * The parts of the graphs of entities of one factory. Other instances are told of a part
 * by its name and id, and of what statements change by the tables. Thread-safe.
 */
final class GraphParts implements StoreParts {

	private final Aggregates aggregates;

	private final ConcurrentMap<String, Set<String>> tablesByName = new ConcurrentHashMap<>();

	GraphParts(Aggregates aggregates) {
		this.aggregates = aggregates;
	}

	@Override
	public Collection<Object> of(Object value) {
		return this.aggregates.partsOf(value);
	}

	@Override
	public PartName nameOf(Object part) {
		Part row = (Part) part;
		return new PartName(row.name(), (this.aggregates.isPlain(row.id())) ? row.id() : null);
	}

	@Override
	public void tell(Collection<PartName> names, RowChanges changes) {
		GraphRange range = newRange();
		for (PartName name : names) {
			if (range.add(name)) {
				continue;
			}
			if (!this.aggregates.isKnown(name.kind())) {
				changes.changedAll();
				return;
			}
			Part part = (name.id() != null) ? this.aggregates.find(name.kind(), name.id()) : null;
			if (part != null) {
				changes.changedPart(part, Set.of());
			}
			else {
				range.add(name.kind());
			}
		}
		if (!range.isEmpty()) {
			changes.changedParts(range, Set.of());
		}
	}

	@Override
	public Class<?> idTypeOf(String kind) {
		String table = GraphRange.tableOf(kind);
		return (table != null) ? this.aggregates.idTypeOfTable((name) -> SqlTables.nameOf(name).equals(table))
				: this.aggregates.idTypeOf(kind);
	}

	/**
	 * Return a range that contains nothing yet.
	 * @return the range
	 */
	GraphRange newRange() {
		return new GraphRange(this::tablesOf);
	}

	private Set<String> tablesOf(Part part) {
		return this.tablesByName.computeIfAbsent(part.name(), (name) -> {
			Set<String> names = new HashSet<>();
			this.aggregates.tablesOf(part).forEach((table) -> names.add(SqlTables.nameOf(table)));
			return names;
		});
	}

}
