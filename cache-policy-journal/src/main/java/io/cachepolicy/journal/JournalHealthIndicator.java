package io.cachepolicy.journal;

import java.util.List;
import java.util.Map;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of the journal: down while nothing can be recorded. What can't be read, and what
 * belongs to caches that are gone, are details.
 */
class JournalHealthIndicator extends AbstractHealthIndicator {

	private final Journal journal;

	JournalHealthIndicator(Journal journal) {
		super("Health check of the journal of pending writes failed");
		this.journal = journal;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		builder.up();
		Journal.Parts parts = this.journal.parts();
		if (parts == null) {
			return;
		}
		builder.withDetail("size", parts.storage().size());
		long unreadable = this.journal.counts().unreadable.sum();
		if (unreadable > 0) {
			builder.withDetail("unreadable", unreadable);
		}
		List<String> damaged = parts.directory().damaged();
		if (!damaged.isEmpty()) {
			builder.withDetail("damaged", damaged);
		}
		Map<String, Integer> leftovers = this.journal.leftovers();
		if (!leftovers.isEmpty()) {
			builder.withDetail("leftovers", leftovers);
		}
		RuntimeException failure = parts.appender().lastFailure();
		if (failure != null) {
			builder.down(failure);
		}
	}

}
