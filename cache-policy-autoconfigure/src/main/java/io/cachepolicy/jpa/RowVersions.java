package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.cachepolicy.spi.StoreVersions;
import org.jspecify.annotations.Nullable;

/**
 * What a repository's store knows of the versions of its rows.
 */
final class RowVersions implements StoreVersions {

	private final EntitySessions sessions;

	private final StoreTransactions transactions;

	private final EntityVersions versions;

	private final VersionLineage lineage;

	private final UnansweredWrites unanswered;

	RowVersions(EntitySessions sessions, StoreTransactions transactions, EntityVersions versions,
			VersionLineage lineage, UnansweredWrites unanswered) {
		this.sessions = sessions;
		this.transactions = transactions;
		this.versions = versions;
		this.lineage = lineage;
		this.unanswered = unanswered;
	}

	@Override
	public Object rebase(Object key, Object value) {
		return this.versions.rebase(key, value,
				() -> this.transactions.writeAlone(() -> this.sessions.findVersion(key)));
	}

	@Override
	public @Nullable Lineage export(Object key) {
		return this.lineage.export(key);
	}

	@Override
	public void seed(Object key, Lineage lineage) {
		Lineage adapted = this.versions.adapt(lineage);
		if (adapted != null) {
			this.lineage.seed(key, adapted);
		}
	}

	@Override
	public void forgetAllBut(Collection<Object> kept) {
		this.lineage.forgetAllBut(kept);
	}

	@Override
	public void forget(Object key) {
		this.lineage.forget(List.of(key));
	}

	@Override
	public void unanswered(Map<Object, Object> values) {
		this.unanswered.addRecovered(values);
	}

}
