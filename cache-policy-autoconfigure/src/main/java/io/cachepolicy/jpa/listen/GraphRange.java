package io.cachepolicy.jpa.listen;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.cachepolicy.jpa.aggregate.Part;
import io.cachepolicy.spi.PartName;
import io.cachepolicy.spi.PartRange;
import org.jspecify.annotations.Nullable;

/**
 * Parts of graphs by their names, and by the tables in which they are. Not changed any
 * more once others see it.
 */
final class GraphRange implements PartRange {

	/**
	 * Stands before the name of a table. No entity or association is named like that.
	 */
	private static final String TABLE = "table ";

	/**
	 * Stands for any table, as one that can't be told.
	 */
	private static final String ANY = "*";

	private final Function<Part, Set<String>> tablesOf;

	private final Set<String> names = new HashSet<>();

	/**
	 * The ids that rows of a table may have, {@code null} for any.
	 */
	private final Map<String, @Nullable Set<Object>> idsByTable = new HashMap<>();

	/**
	 * Create a range that contains nothing.
	 * @param tablesOf returns the tables in which a part is, as {@link SqlTables} names
	 * them
	 */
	GraphRange(Function<Part, Set<String>> tablesOf) {
		this.tablesOf = tablesOf;
	}

	/**
	 * Add all parts of a name.
	 * @param name the name
	 */
	void add(String name) {
		this.names.add(name);
	}

	/**
	 * Add rows of tables.
	 * @param tables the tables
	 * @param ids their ids, {@code null} for any
	 */
	void add(SqlTables tables, @Nullable Set<Object> ids) {
		Set<String> names = tables.names();
		((names != null) ? names : Set.of(ANY)).forEach((table) -> this.idsByTable.put(table, ids));
	}

	/**
	 * Add what a name of a range stands for.
	 * @param name the name
	 * @return whether it is the name of one
	 */
	boolean add(PartName name) {
		String table = tableOf(name.kind());
		if (table == null) {
			return false;
		}
		Set<Object> ids = this.idsByTable.get(table);
		if (name.id() == null || (ids == null && this.idsByTable.containsKey(table))) {
			this.idsByTable.put(table, null);
		}
		else {
			this.idsByTable.computeIfAbsent(table, (key) -> new HashSet<>()).add(name.id());
		}
		return true;
	}

	boolean isEmpty() {
		return this.names.isEmpty() && this.idsByTable.isEmpty();
	}

	@Override
	public boolean contains(Object candidate) {
		return candidate instanceof Part part && (this.names.contains(part.name()) || isInTable(part));
	}

	private boolean isInTable(Part part) {
		return !this.idsByTable.isEmpty() && (isChanged(ANY, part)
				|| this.tablesOf.apply(part).stream().anyMatch((table) -> isChanged(table, part)));
	}

	private boolean isChanged(String table, Part part) {
		Set<Object> ids = this.idsByTable.get(table);
		return (ids != null) ? ids.contains(part.id()) : this.idsByTable.containsKey(table);
	}

	@Override
	public Collection<PartName> names() {
		List<PartName> names = new ArrayList<>();
		this.names.forEach((name) -> names.add(new PartName(name, null)));
		this.idsByTable.forEach((table, ids) -> {
			if (ids == null) {
				names.add(new PartName(TABLE + table, null));
			}
			else {
				ids.forEach((id) -> names.add(new PartName(TABLE + table, id)));
			}
		});
		return names;
	}

	/**
	 * Return the table that a name is about.
	 * @param kind the kind of the name
	 * @return the table, {@code null} if it is about none
	 */
	static @Nullable String tableOf(String kind) {
		return kind.startsWith(TABLE) ? kind.substring(TABLE.length()) : null;
	}

}
