package io.cachepolicy.sample.demo;

import java.util.List;

import io.cachepolicy.PolicyCacheManager;

import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * A constraint of the tables, by which the database refuses readings that can't be. It is
 * there from the start, and can be lifted, as someone would who mends the table so that a
 * dead letter can be replayed.
 */
@Component
@Profile("!replay")
class TableLimit {

	static final int MAX_CELSIUS = 150;

	static final String MESSAGE = "The table takes %d °C at most".formatted(MAX_CELSIUS);

	private final JdbcClient jdbc;

	private final PolicyCacheManager caches;

	private volatile boolean active;

	TableLimit(JdbcClient jdbc, PolicyCacheManager caches) {
		this.jdbc = jdbc;
		this.caches = caches;
	}

	boolean isActive() {
		return this.active;
	}

	synchronized void lift() {
		for (Lane lane : Lane.values()) {
			drop(lane);
		}
		this.active = false;
	}

	/**
	 * Let the tables refuse what is too hot, and delete the rows that are. Caches don't
	 * see what is done past them, so that they have to forget it.
	 */
	@EventListener(ApplicationStartedEvent.class)
	synchronized void impose() {
		for (Lane lane : Lane.values()) {
			drop(lane);
			List<String> sensors = tooHot(lane);
			execute("delete from %s where celsius > %d".formatted(lane.table(), MAX_CELSIUS));
			sensors.forEach(this.caches.getCache(lane.cacheName())::evict);
			execute("alter table %1$s add constraint %1$s_limit check (celsius <= %2$d)".formatted(lane.table(),
					MAX_CELSIUS));
		}
		this.active = true;
	}

	private List<String> tooHot(Lane lane) {
		return this.jdbc.sql("select sensor from %s where celsius > %d".formatted(lane.table(), MAX_CELSIUS))
			.query(String.class)
			.list();
	}

	private void drop(Lane lane) {
		execute("alter table %1$s drop constraint if exists %1$s_limit".formatted(lane.table()));
	}

	private void execute(String sql) {
		this.jdbc.sql(sql).update();
	}

}
