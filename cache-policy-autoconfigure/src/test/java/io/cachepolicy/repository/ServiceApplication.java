package io.cachepolicy.repository;

import io.cachepolicy.PolicyCached;
import io.cachepolicy.PolicyCached.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.repository.CrudRepository;

/**
 * Services and repositories as they are found in applications.
 */
@Configuration(proxyBeanMethods = false)
@Import({ ServiceApplication.Drawers.class, ServiceApplication.Words.class })
class ServiceApplication {

	/**
	 * A service that is written once for all entities.
	 *
	 * @param <T> the type of the entity
	 * @param <K> the type of its id
	 */
	abstract static class BaseService<T, K> {

		private final CrudRepository<T, K> repository;

		BaseService(CrudRepository<T, K> repository) {
			this.repository = repository;
		}

		@PolicyCached(operation = Operation.READ)
		@Nullable T find(K id) {
			return this.repository.findById(id).orElse(null);
		}

		@PolicyCached(operation = Operation.WRITE)
		void save(T value) {
		}

		@PolicyCached(operation = Operation.WRITE)
		void save(T value, String reason) {
		}

		@PolicyCached(operation = Operation.REMOVE)
		void delete(K id) {
		}

	}

	@PolicyCached("shelved")
	static class Drawers extends BaseService<Drawer, Long> {

		Drawers(PlainDrawerRepository repository) {
			super(repository);
		}

	}

	@PolicyCached("words")
	static class Words extends BaseService<Word, String> {

		Words(WordRepository repository) {
			super(repository);
		}

	}

}
