package io.cachepolicy.jpa.relation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which kinds of rows refer to which. Complete it before it is asked.
 */
final class RowGraph {

	private final Map<String, Set<String>> edges = new HashMap<>();

	private final Map<String, Set<String>> reached = new ConcurrentHashMap<>();

	private final Map<String, Integer> ranks = new ConcurrentHashMap<>();

	/**
	 * Add a reference.
	 * @param from the kind of row that refers
	 * @param to the kind of row that is referred to
	 */
	void add(String from, String to) {
		this.edges.computeIfAbsent(from, (key) -> new HashSet<>()).add(to);
	}

	/**
	 * Add a reference, unless it would close a circle.
	 * @param from the kind of row that refers
	 * @param to the kind of row that is referred to
	 */
	void addUnlessCircle(String from, String to) {
		if (!from.equals(to) && !search(to).contains(from)) {
			add(from, to);
		}
	}

	/**
	 * Return whether rows refer to others, directly or by way of further rows.
	 * @param from the kind of row that refers
	 * @param to the kind of row that is referred to
	 * @return whether there is a way
	 */
	boolean reaches(String from, String to) {
		return reachedFrom(from).contains(to);
	}

	/**
	 * Return the length of the longest way from a kind of row, on which circles count as
	 * one place.
	 * @param from the kind of row
	 * @return the rank, 0 if the rows refer to none outside of their circle
	 */
	int rank(String from) {
		Integer known = this.ranks.get(from);
		if (known != null) {
			return known;
		}
		int rank = reachedFrom(from).stream()
			.filter((to) -> !reaches(to, from))
			.mapToInt((to) -> rank(to) + 1)
			.max()
			.orElse(0);
		this.ranks.put(from, rank);
		return rank;
	}

	/**
	 * Return all to which rows refer, directly or by way of further rows.
	 * @param from the kind of row that refers
	 * @return the kinds of rows that are referred to
	 */
	Set<String> reachedFrom(String from) {
		Set<String> known = this.reached.get(from);
		if (known == null) {
			known = search(from);
			this.reached.put(from, known);
		}
		return known;
	}

	private Set<String> search(String from) {
		Set<String> found = new HashSet<>();
		Deque<String> open = new ArrayDeque<>(next(from));
		while (!open.isEmpty()) {
			String node = open.remove();
			if (found.add(node)) {
				open.addAll(next(node));
			}
		}
		return found;
	}

	/**
	 * Return to what rows refer directly.
	 * @param from the kind of row that refers
	 * @return the kinds of rows that are referred to
	 */
	Set<String> next(String from) {
		return this.edges.getOrDefault(from, Set.of());
	}

}
