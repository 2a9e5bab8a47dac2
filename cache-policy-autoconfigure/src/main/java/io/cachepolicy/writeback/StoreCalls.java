package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.FlushGate;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteMode;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Calls of the store for writes that were claimed, in the context of their writers.
 */
final class StoreCalls {

	private final BackingStore store;

	private final WriteContext nothing;

	/**
	 * Create the calls of a store.
	 * @param store the store
	 * @param nothing the context of writers of which nothing was captured
	 */
	StoreCalls(BackingStore store, WriteContext nothing) {
		this.store = store;
		this.nothing = nothing;
	}

	/**
	 * Store puts, or deletes.
	 * @param claims the claims, all puts or all deletes, that may share a call
	 * @return what is stored, by key
	 */
	Map<Object, Object> write(List<Claim> claims) {
		return in(claims.get(0).context(), () -> (claims.get(0).isDelete()) ? delete(claims) : put(claims));
	}

	private Map<Object, Object> put(List<Claim> claims) {
		Map<Object, Object> entries = new LinkedHashMap<>();
		claims.forEach((claim) -> entries.put(claim.key(), claim.value()));
		return this.store.flush(WriteMode.FLUSH, entries, gate(claims));
	}

	private Map<Object, Object> delete(List<Claim> claims) {
		this.store.flushDeletes(claims.stream().map(Claim::key).toList(), gate(claims));
		return Map.of();
	}

	/**
	 * Store a put over what another writer left.
	 * @param claim the put
	 * @return what is stored, by key
	 */
	Map<Object, Object> overwrite(Claim claim) {
		return in(claim.context(),
				() -> this.store.flush(WriteMode.FLUSH_OVER, Map.of(claim.key(), claim.value()), gate(List.of(claim))));
	}

	/**
	 * Reach the store by other connections from now on.
	 */
	void reconnect() {
		this.store.reconnect();
	}

	private static FlushGate gate(List<Claim> claims) {
		return () -> {
			if (!claims.stream().allMatch(Claim::pass)) {
				throw new RevokedException();
			}
		};
	}

	/**
	 * Return those writes together that may share a call.
	 * @param claims claims, all puts or all deletes
	 * @return the claims, in groups of one context each if the store needs it
	 */
	Collection<List<Claim>> group(List<Claim> claims) {
		if (!this.store.traits().isContextual()) {
			return List.of(claims);
		}
		try {
			RowRelations relations = this.store.traits().relations();
			return relations.refersTo(relations) ? inOrder(claims) : byContext(claims);
		}
		catch (RuntimeException | StackOverflowError ex) {
			// Contexts that can't be compared are not shared
			return claims.stream().map(List::of).toList();
		}
	}

	/**
	 * Keep the order of claims, as a row has to be stored before those that refer to it.
	 * @param claims the claims
	 * @return the claims, in groups of neighbours of one context
	 */
	private static List<List<Claim>> inOrder(List<Claim> claims) {
		List<List<Claim>> groups = new ArrayList<>();
		int start = 0;
		for (int i = 1; i <= claims.size(); i++) {
			if (i == claims.size() || !Objects.equals(claims.get(i).context(), claims.get(start).context())) {
				groups.add(claims.subList(start, i));
				start = i;
			}
		}
		return groups;
	}

	private static Collection<List<Claim>> byContext(List<Claim> claims) {
		Map<Optional<WriteContext>, List<Claim>> groups = new LinkedHashMap<>();
		claims.forEach(
				(claim) -> groups.computeIfAbsent(Optional.ofNullable(claim.context()), (context) -> new ArrayList<>())
					.add(claim));
		return groups.values();
	}

	private Map<Object, Object> in(@Nullable WriteContext context, Call call) {
		Result result = new Result();
		((context != null) ? context : this.nothing).run(() -> result.stored = call.run());
		Assert.state(result.stored != null, "The context of a write did not run its store call");
		return result.stored;
	}

	/**
	 * A call of the store.
	 */
	@FunctionalInterface
	private interface Call {

		Map<Object, Object> run();

	}

	/**
	 * Carries a result out of a {@link Runnable}.
	 */
	private static final class Result {

		private @Nullable Map<Object, Object> stored;

	}

}
