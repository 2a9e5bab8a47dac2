package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a transaction loads once what it reads several times.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepeatedReadTests {

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private JdbcTemplate jdbc;

	private Lookups lookups;

	@BeforeAll
	void start() {
		this.context = BypassApplication.start("cache-policy.caches.pages.maximum-size=100",
				"cache-policy.caches.write-through.invalidates=pages");
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.lookups = this.context.getBean(Lookups.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		this.jdbc.execute("truncate table ware, ware_tags");
		this.jdbc.execute("insert into ware (id, price, stock) select id, 1, 0 from generate_series(1, 20) id");
		this.context.getBean(PolicyCacheManager.class).invalidate(Ware.class);
		Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("pages")).clear();
		this.lookups.bodies();
	}

	private PolicyCache cache() {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("write-through"));
	}

	static Stream<Lookup> lookups() {
		return Stream.of((in, id) -> String.valueOf(in.read(id)), (in, id) -> String.valueOf(in.cacheable(id)),
				(in, id) -> in.page("page" + id));
	}

	@ParameterizedTest
	@MethodSource("lookups")
	@DisplayName("R6: a transaction runs the body of a look-up once per key, and others see nothing before the commit")
	void bodyRunsOncePerKey(Lookup lookup) {
		this.transaction.executeWithoutResult((status) -> {
			for (int i = 0; i < 200; i++) {
				lookup.read(this.lookups, 1 + i % 20);
			}
			assertThat(this.lookups.bodies()).isEqualTo(20);
			CompletableFuture.runAsync(() -> lookup.read(this.lookups, 1)).join();
			assertThat(this.lookups.bodies()).isOne();
		});
		lookup.read(this.lookups, 2);
		assertThat(this.lookups.bodies()).isZero();
	}

	@ParameterizedTest
	@MethodSource("lookups")
	@DisplayName("R6: what a transaction loaded is gone with it")
	void loadedValueIsNotSeenAfterRollback(Lookup lookup) {
		this.transaction.executeWithoutResult((status) -> {
			lookup.read(this.lookups, 1);
			status.setRollbackOnly();
		});
		lookup.read(this.lookups, 1);
		assertThat(this.lookups.bodies()).isEqualTo(2);
	}

	@Test
	@DisplayName("R6: its own write and eviction end what a transaction loaded")
	void ownChangeEndsIt() {
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.lookups.read(1)).hasToString("1[]");
			cache().put(1L, new Ware(1, 2));
			assertThat(this.lookups.read(1)).hasToString("2[]");
			assertThat(this.lookups.read(2)).hasToString("1[]");
			this.context.getBean(WareRepository.class).saveAndFlush(new Ware(2, 3));
			assertThat(this.lookups.read(2)).hasToString("3[]");
			this.lookups.read(3);
			this.lookups.bodies();
			cache().evict(3L);
			this.lookups.read(3);
			this.lookups.read(3);
			assertThat(this.lookups.bodies()).isOne();
			cache().clear();
			this.lookups.read(3);
			assertThat(this.lookups.bodies()).isOne();
		});
		assertThat(this.lookups.read(2)).hasToString("3[]");
	}

	@Test
	@DisplayName("R6: a change of an instance that is not flushed ends it too")
	void changedInstanceEndsIt() {
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.lookups.read(1)).hasToString("1[]");
			this.context.getBean(WareRepository.class).findById(1L).orElseThrow().setPrice(2);
			assertThat(this.lookups.read(1)).hasToString("2[]");
		});
		assertThat(this.lookups.read(1)).hasToString("2[]");
	}

	@Test
	@DisplayName("R6: a derived value is computed again when its source was written")
	void derivedValueEndsWithItsSource() {
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.lookups.page("a")).isEqualTo("a20");
			cache().put(21L, new Ware(21, 2));
			assertThat(this.lookups.page("a")).isEqualTo("a21");
			this.context.getBean(WareRepository.class).saveAndFlush(new Ware(22, 3));
			assertThat(this.lookups.page("a")).isEqualTo("a22");
		});
		assertThat(this.lookups.page("a")).isEqualTo("a22");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("R6: a commit of another transaction ends it")
	void commitOfAnotherTransactionEndsIt(boolean aroundTheCache) {
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.lookups.page("a")).isEqualTo("a20");
			CompletableFuture.runAsync(() -> {
				if (aroundTheCache) {
					this.context.getBean(WareRepository.class).save(new Ware(21, 1));
				}
				else {
					cache().put(21L, new Ware(21, 1));
				}
			}).orTimeout(10, TimeUnit.SECONDS).join();
			assertThat(this.lookups.page("a")).isEqualTo("a21");
		});
		assertThat(this.lookups.page("a")).isEqualTo("a21");
		assertThat(cache().flush(Duration.ofSeconds(5)).remaining()).isZero();
	}

	/**
	 * A look-up.
	 */
	@FunctionalInterface
	interface Lookup {

		String read(Lookups lookups, long id);

	}

}
