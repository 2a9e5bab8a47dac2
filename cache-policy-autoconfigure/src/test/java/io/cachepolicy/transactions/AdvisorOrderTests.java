package io.cachepolicy.transactions;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.PolicyCached;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for methods that are both cached and transactional, whichever advice is outside.
 */
class AdvisorOrderTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	@ParameterizedTest
	@ValueSource(classes = { AsBootHasIt.class, TransactionFirst.class, TransactionLast.class, CachingFirst.class })
	@DisplayName("J, W1: a method that is cached and transactional writes with its transaction, or not at all")
	void writeFollowsTheTransactionOfItsMethod(Class<?> order) {
		try (ConfigurableApplicationContext context = TransactionsApplication.start(order)) {
			Service service = context.getBean(Service.class);
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			jdbc.execute("create table mark (account bigint references account deferrable initially deferred)");
			PolicyCache through = cache(context, "through");
			PolicyCache back = cache(context, "back");
			service.writeThrough(new Account(1, "through"), () -> insert(jdbc, 11));
			service.writeBack(new Account(2, "back"), () -> insert(jdbc, 12));
			service.cachePut(new Account(3, "put"), () -> insert(jdbc, 13));
			assertThat(text(through, 1)).isEqualTo("through");
			assertThat(text(back, 2)).isEqualTo("back");
			assertThat(text(through, 3)).isEqualTo("put");
			assertThat(back.pendingWrites()).isOne();
			back.flush(TIMEOUT);
			assertThat(rows(jdbc))
				.isEqualTo(Map.of(1L, "through", 2L, "back", 3L, "put", 11L, "body", 12L, "body", 13L, "body"));
			Runnable failing = () -> {
				insert(jdbc, 14);
				jdbc.update("insert into mark values (-1)");
			};
			assertFails(() -> service.writeThrough(new Account(4, "new"), failing));
			assertFails(() -> service.writeThrough(load(through, 1).text("changed"), failing));
			assertFails(() -> service.writeBack(load(back, 2).text("changed"), failing));
			assertFails(() -> service.cachePut(load(through, 3).text("changed"), failing));
			assertThat(text(through, 4)).isNull();
			assertThat(text(through, 1)).isEqualTo("through");
			assertThat(text(back, 2)).isEqualTo("back");
			assertThat(text(through, 3)).isEqualTo("put");
			assertThat(back.pendingWrites()).isZero();
			assertThat(rows(jdbc)).hasSize(6);
		}
	}

	/**
	 * Spring's {@code @CachePut} is not written with the transaction if caching was put
	 * outside of it.
	 */
	@ParameterizedTest
	@ValueSource(classes = { AsBootHasIt.class, TransactionFirst.class, TransactionLast.class, CachingFirst.class })
	@DisplayName("J, W1: a refused write takes the transaction of its method with it")
	void refusedWriteRollsTheMethodBack(Class<?> order) {
		try (ConfigurableApplicationContext context = TransactionsApplication.start(order)) {
			Service service = context.getBean(Service.class);
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			String tooLong = "x".repeat(300);
			assertFails(() -> service.writeThrough(new Account(1, tooLong), () -> insert(jdbc, 11)));
			assertThat(rows(jdbc)).isEmpty();
			assertThat(text(cache(context, "through"), 1)).isNull();
		}
	}

	private static void assertFails(Runnable write) {
		assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(write::run);
	}

	private static void insert(JdbcTemplate jdbc, long id) {
		jdbc.update("insert into account (id, text, version) values (?, 'body', 0)", id);
	}

	private static Map<Long, String> rows(JdbcTemplate jdbc) {
		return Map.copyOf(jdbc.query("select id, text from account", (results) -> {
			Map<Long, String> rows = new java.util.HashMap<>();
			while (results.next()) {
				rows.put(results.getLong(1), results.getString(2));
			}
			return rows;
		}));
	}

	private static PolicyCache cache(ConfigurableApplicationContext context, String name) {
		return Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache(name));
	}

	private static Account load(PolicyCache cache, long key) {
		return Objects.requireNonNull(cache.get(key, Account.class));
	}

	private static @Nullable String text(PolicyCache cache, long key) {
		Account account = cache.get(key, Account.class);
		return (account != null) ? account.getText() : null;
	}

	/**
	 * Methods that do something in their transaction besides.
	 */
	static class Service {

		@Transactional
		@PolicyCached(cache = "through", operation = WRITE)
		Account writeThrough(Account account, Runnable body) {
			body.run();
			return account;
		}

		@Transactional
		@PolicyCached(cache = "back", operation = WRITE)
		Account writeBack(Account account, Runnable body) {
			body.run();
			return account;
		}

		@Transactional
		@CachePut(cacheNames = "through", key = "#account.id")
		Account cachePut(Account account, Runnable body) {
			body.run();
			return account;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsBootHasIt {

		@Bean
		Service service() {
			return new Service();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(order = 0)
	static class TransactionFirst extends AsBootHasIt {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(order = Ordered.LOWEST_PRECEDENCE)
	static class TransactionLast extends AsBootHasIt {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(order = 0)
	static class CachingFirst extends AsBootHasIt {

	}

}
