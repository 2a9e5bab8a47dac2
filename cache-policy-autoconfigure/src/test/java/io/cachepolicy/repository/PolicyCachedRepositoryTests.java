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

	@PolicyCached
	interface WithoutName extends Plain {

	}

}
