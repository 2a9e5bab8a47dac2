package io.cachepolicy.repository;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.PolicyCached.Operation;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.interceptor.repository.PolicyCachedRepository;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.NoRepositoryBean;
import org.springframework.data.repository.Repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PolicyCachedRepository}.
 */
class PolicyCachedRepositoryTests {

	@Test
	void findWhenAnnotatedReturnsNameAndPolicy() {
		PolicyCachedRepository found = PolicyCachedRepository.find(Complete.class);
		assertThat(found)
			.isEqualTo(new PolicyCachedRepository(Complete.class, Gauge.class, "gauges", WritePolicy.WRITE_BACK));
	}

	@Test
	void findWhenNotAnnotatedReturnsNull() {
		assertThat(PolicyCachedRepository.find(Plain.class)).isNull();
	}

	@ParameterizedTest
	@ValueSource(classes = { WithKey.class, WithOperation.class, WithCondition.class, WithUnless.class,
			WithEvicts.class, WithTwoPolicies.class, WithoutName.class })
	@DisplayName("attributes that make no sense on a repository are refused, by name")
	void findWhenAttributeMakesNoSenseFails(Class<?> type) {
		String attribute = type.getSimpleName().replace("WithTwoPolicies", "policy").replace("WithoutName", "no cache");
		assertThatExceptionOfType(InvalidPolicyCacheException.class).isThrownBy(() -> PolicyCachedRepository.find(type))
			.satisfies((ex) -> {
				assertThat(ex).hasMessageContaining(type.getName())
					.hasMessageContaining(attribute.replace("With", "").toLowerCase());
				assertThat(ex.getAction()).isNotBlank();
			});
	}

	@ParameterizedTest
	@ValueSource(classes = { InheritsCache.class, InheritsPolicy.class })
	@DisplayName("the annotation of an inherited method has to be complete, as a call doesn't tell the repository")
	void findWhenInheritedMethodLeavesOutWhatRepositorySaysFails(Class<?> type) {
		assertThatExceptionOfType(InvalidPolicyCacheException.class).isThrownBy(() -> PolicyCachedRepository.find(type))
			.withMessageContainingAll(type.getName(),
					"'" + type.getSimpleName().replace("Inherits", "").toLowerCase() + "'", "save");
	}

	@Test
	void findWhenMethodIsDeclaredAgainReturnsRepository() {
		assertThat(PolicyCachedRepository.find(DeclaresAgain.class)).isNotNull();
		assertThat(PolicyCachedRepository.find(InheritsAll.class)).isNotNull();
	}

	@Test
	@DisplayName("the start reports all that is wrong at once, by the names that the application gave")
	void startWhenSeveralThingsAreWrongReportsAll() {
		assertThatExceptionOfType(InvalidPolicyCacheException.class)
			.isThrownBy(() -> new SpringApplicationBuilder(RepositoryApplication.class, Nested.class)
				.web(WebApplicationType.NONE)
				.properties("spring.datasource.url=jdbc:h2:mem:wrong", "spring.main.banner-mode=off",
						"logging.level.root=off", "cache-policy.caches.gauges.invalidates=missing",
						"cache-policy.shutdown-timeout=-1s")
				.run())
			.satisfies((ex) -> {
				assertThat(ex)
					.hasMessageContainingAll("WithKey sets 'key'", "WithOperation sets 'operation'",
							"WithCondition sets 'condition'", "WithUnless sets 'unless'", "WithEvicts sets 'evicts'",
							"WithTwoPolicies has more than one 'policy'", "WithoutName names no cache",
							"'cache-policy.shutdown-timeout'", "'cache-policy.caches.gauges.invalidates'",
							"can't choose between the repositories of " + Gauge.class.getName())
					.hasMessageNotContainingAny("Proxy", "$$");
				assertThat(ex.getAction()).contains("  1. ", "  8. ");
			});
	}

	@EnableJpaRepositories(considerNestedRepositories = true)
	static class Nested {

	}

	@PolicyCached(cache = "gauges", policy = WritePolicy.WRITE_BACK)
	interface Complete extends CrudRepository<Gauge, Long> {

	}

	interface Plain extends CrudRepository<Gauge, Long> {

	}

	@PolicyCached(cache = "gauges", key = "#id")
	interface WithKey extends Plain {

	}

	@PolicyCached(cache = "gauges", operation = Operation.WRITE)
	interface WithOperation extends Plain {

	}

	@PolicyCached(cache = "gauges", condition = "#id > 1")
	interface WithCondition extends Plain {

	}

	@PolicyCached(cache = "gauges", unless = "#result == null")
	interface WithUnless extends Plain {

	}

	@PolicyCached(cache = "gauges", evicts = "pages")
	interface WithEvicts extends Plain {

	}

	@PolicyCached(cache = "gauges", policy = { WritePolicy.WRITE_BACK, WritePolicy.WRITE_AROUND })
	interface WithTwoPolicies extends Plain {

	}

	@NoRepositoryBean
	interface Unnamed<T> extends Repository<T, Long> {

		@PolicyCached(operation = Operation.WRITE)
		T save(T entity);

	}

	@NoRepositoryBean
	interface Named<T> extends Repository<T, Long> {

		@PolicyCached(cache = "gauges", operation = Operation.WRITE)
		T save(T entity);

	}

	@NoRepositoryBean
	@PolicyCached("gauges")
	interface InheritsCache extends Unnamed<Gauge> {

	}

	@NoRepositoryBean
	@PolicyCached(cache = "gauges", policy = WritePolicy.WRITE_BACK)
	interface InheritsPolicy extends Named<Gauge> {

	}

	@NoRepositoryBean
	@PolicyCached("gauges")
	interface InheritsAll extends Named<Gauge> {

	}

	@NoRepositoryBean
	@PolicyCached(cache = "gauges", policy = WritePolicy.WRITE_BACK)
	interface DeclaresAgain extends Unnamed<Gauge> {

		@Override
		@PolicyCached(operation = Operation.WRITE)
		Gauge save(Gauge entity);

	}

	@PolicyCached
	interface WithoutName extends Plain {

	}

}
