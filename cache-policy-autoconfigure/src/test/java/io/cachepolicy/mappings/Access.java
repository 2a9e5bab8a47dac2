package io.cachepolicy.mappings;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

/**
 * How an entity is written and read.
 */
interface Access {

	/**
	 * Write an instance.
	 * @param value the instance
	 * @return the instance whose state was stored, as far as the caller can know
	 */
	Object write(Object value);

	@Nullable Object read(Object id);

	void remove(Object id);

	void settle();

	/**
	 * By the repository: what a cache is compared with.
	 *
	 * @param zoo the application
	 * @param type the entity
	 */
	record Direct(Zoo zoo, Class<?> type) implements Access {

		@Override
		public Object write(Object value) {
			return this.zoo.repository(this.type).save(value);
		}

		@Override
		public @Nullable Object read(Object id) {
			return this.zoo.loadAll(this.type, id);
		}

		@Override
		public void remove(Object id) {
			this.zoo.repository(this.type).deleteById(id);
		}

		@Override
		public void settle() {
			// Everything is written at once
		}

	}

	/**
	 * By a cache, as an annotated method does it.
	 *
	 * @param zoo the application
	 * @param type the entity
	 * @param cache the cache
	 */
	record Cached(Zoo zoo, Class<?> type, PolicyCache cache) implements Access {

		@Override
		public Object write(Object value) {
			this.zoo.writing(this.cache).put(this, value);
			return value;
		}

		@Override
		public @Nullable Object read(Object id) {
			return this.cache.get(id, () -> this.zoo.loadAll(this.type, id));
		}

		@Override
		public void remove(Object id) {
			this.cache.remove(id);
		}

		@Override
		public void settle() {
			FlushReport report = this.cache.flush(Zoo.TIMEOUT);
			if (report.failed() > 0 || report.remaining() > 0) {
				throw new AssertionError(report + ": " + this.cache.deadLetters());
			}
		}

		boolean isDeferred() {
			return this.cache.getPolicy() == WritePolicy.WRITE_BACK;
		}

	}

}
