package io.cachepolicy.actuate;

import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.CacheStore;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * An application with a cache {@code orders} that writes back to a store that a test can
 * make refuse rows.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
class ActuatorApplication {

	@Bean
	OrderStore orders() {
		return new OrderStore();
	}

	/**
	 * Refuses values that begin with {@code bad}.
	 */
	static class OrderStore implements CacheStore<Object, Object> {

		private final Map<Object, Object> rows = new ConcurrentHashMap<>();

		private volatile boolean strict = true;

		private volatile int away;

		Map<Object, Object> rows() {
			return this.rows;
		}

		void strict(boolean strict) {
			this.strict = strict;
		}

		/**
		 * Go away.
		 * @param calls how many calls fail
		 */
		void away(int calls) {
			this.away = calls;
		}

		@Override
		public @Nullable Object load(Object key) {
			return this.rows.get(key);
		}

		@Override
		public Map<Object, Object> saveAll(Map<Object, Object> entries) {
			if (this.away > 0) {
				this.away--;
				throw new DataAccessResourceFailureException("no connection",
						new SQLException("no connection", "08001"));
			}
			entries.values().forEach(this::check);
			this.rows.putAll(entries);
			return entries;
		}

		private void check(Object value) {
			if (this.strict && value.toString().startsWith("bad")) {
				throw new DataIntegrityViolationException("Row contains (" + value + ")",
						new SQLException("Row contains (" + value + ")", "23514"));
			}
		}

		@Override
		public void deleteAll(Collection<?> keys) {
			keys.forEach(this.rows::remove);
		}

	}

}
