package io.cachepolicy.jpa.listen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.cachepolicy.jpa.aggregate.Part;
import io.cachepolicy.jpa.aggregate.PartVisitor;
import io.cachepolicy.spi.RowChanges;
import org.jspecify.annotations.Nullable;

/**
 * The parts of graphs that one change of a row or a collection touches. Used by one
 * thread.
 */
final class TouchedParts implements PartVisitor {

	private final GraphParts graphs;

	private final List<Part> parts = new ArrayList<>();

	private @Nullable GraphRange range;

	TouchedParts(GraphParts graphs) {
		this.graphs = graphs;
	}

	@Override
	public void part(Part part) {
		this.parts.add(part);
	}

	@Override
	public void anyOf(String role) {
		GraphRange range = (this.range != null) ? this.range : this.graphs.newRange();
		range.add(role);
		this.range = range;
	}

	/**
	 * Tell of the parts.
	 * @param changes whom to tell
	 * @param own the keys of values that their store writes by that
	 */
	void tell(RowChanges changes, Set<Object> own) {
		this.parts.forEach((part) -> changes.changedPart(part, own));
		if (this.range != null) {
			changes.changedParts(this.range, own);
		}
	}

}
