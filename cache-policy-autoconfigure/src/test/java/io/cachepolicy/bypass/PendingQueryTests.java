package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Root;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that queries find what is pending, if they are to, and don't starve.
 */
@ExtendWith(OutputCaptureExtension.class)
class PendingQueryTests {

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private EntityManager manager;

	private WareRepository wares;

	private PolicyCache cache;

	private void start(String... properties) {
		this.context = BypassApplication.start(
				Stream
					.concat(Stream.of("cache-policy.caches.write-back.write-back.flush-before-queries=true"),
							Stream.of(properties))
					.toArray(String[]::new));
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.manager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
		this.wares = this.context.getBean(WareRepository.class);
		this.cache = Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("write-back"));
		this.context.getBean(JdbcTemplate.class)
			.execute("insert into ware (id, price, stock) values (1, 1, 1), (2, 1, 1)");
		this.cache.get(1L, Ware.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	private ManagedPolicyCache counted() {
		return (ManagedPolicyCache) this.cache;
	}

	private List<Query> queries() {
		return List.of(
				(price) -> this.manager.createQuery("select count(*) from Ware where price = :price",
						Long.class)
					.setParameter("price", price)
					.getSingleResult(),
				(price) -> this.wares.findByPrice(price).size(), this::countByCriteria,
				(price) -> ((Number) this.manager
					.createNativeQuery("select count(*) from public.\"ware\" where price = " + price)
					.getSingleResult()).longValue(),
				(price) -> this.wares.findAll().stream().filter((ware) -> ware.getPrice() == price).count(),
				(price) -> this.wares.findAllById(List.of(1L, 2L))
					.stream()
					.filter((ware) -> ware.getPrice() == price)
					.count());
	}

	private long countByCriteria(int price) {
		CriteriaBuilder builder = this.manager.getCriteriaBuilder();
		CriteriaQuery<Long> query = builder.createQuery(Long.class);
		Root<Ware> ware = query.from(Ware.class);
		return this.manager
			.createQuery(query.select(builder.count(ware)).where(builder.equal(ware.get("price"), price)))
			.getSingleResult();
	}

	@Test
	@DisplayName("W7: a query finds what was accepted before it began, in any transaction and without one")
	void queryFindsWhatIsPending() {
		start();
		int price = 10;
		for (Query query : queries()) {
			for (String kind : List.of("read-write", "read-only", "none", "requires-new")) {
				int next = ++price;
				this.cache.put(1L, new Ware(1, next));
				long found = switch (kind) {
					case "read-write" -> in(false, query, next);
					case "read-only" -> in(true, query, next);
					case "requires-new" -> inNew(query, next);
					default -> query.count(next);
				};
				assertThat(found).as(kind).isOne();
			}
		}
		assertThat(counted().getStaleQueries()).isZero();
		assertThat(this.cache.deadLetters()).isEmpty();
	}

	private long in(boolean readOnly, Query query, int price) {
		TransactionTemplate template = new TransactionTemplate(
				Objects.requireNonNull(this.transaction.getTransactionManager()));
		template.setReadOnly(readOnly);
		return Objects.requireNonNull(template.execute((status) -> query.count(price)));
	}

	private long inNew(Query query, int price) {
		TransactionTemplate template = new TransactionTemplate(
				Objects.requireNonNull(this.transaction.getTransactionManager()));
		template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		return Objects
			.requireNonNull(this.transaction.execute((status) -> template.execute((inner) -> query.count(price))));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	@DisplayName("W7: readers that use up the pool do not starve")
	void readersDoNotStarve(int connections) throws Exception {
		start("spring.datasource.hikari.maximum-pool-size=" + connections,
				"spring.datasource.hikari.connection-timeout=20000");
		for (boolean readOnly : new boolean[] { true, false }) {
			int price = (readOnly) ? 5 : 6;
			this.cache.put(1L, new Ware(1, price));
			this.cache.put(2L, new Ware(2, price));
			long begin = System.nanoTime();
			CountDownLatch ready = new CountDownLatch(connections);
			List<CompletableFuture<Long>> readers = new ArrayList<>();
			IntStream.range(0, connections).forEach((i) -> readers.add(CompletableFuture.supplyAsync(() -> {
				ready.countDown();
				return in(readOnly, (value) -> queries().get(0).count(value), price);
			})));
			assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
			for (CompletableFuture<Long> reader : readers) {
				assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo(2);
			}
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
		}
		assertThat(this.cache.flush(Duration.ofSeconds(10)).remaining()).isZero();
		assertThat(this.cache.deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("W7: a thread that has a connection does not wait for another one, and the query is counted")
	void threadWithConnectionDoesNotWait() {
		start("spring.datasource.hikari.maximum-pool-size=2");
		TransactionTemplate readOnly = new TransactionTemplate(
				Objects.requireNonNull(this.transaction.getTransactionManager()));
		readOnly.setReadOnly(true);
		readOnly.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.transaction.executeWithoutResult((status) -> {
			CompletableFuture.runAsync(() -> this.cache.put(1L, new Ware(1, 7))).join();
			long found = Objects.requireNonNull(readOnly.execute((inner) -> queries().get(0).count(7)));
			assertThat(found).isZero();
		});
		assertThat(counted().getStaleQueries()).isOne();
	}

	@Test
	@DisplayName("W7: without the setting, queries that miss something are counted, and one warning says what to set")
	void staleQueriesAreReported(CapturedOutput output) {
		start("cache-policy.caches.write-back.write-back.flush-before-queries=false",
				"logging.level.io.cachepolicy=warn");
		this.cache.put(1L, new Ware(1, 7));
		for (int i = 0; i < 3; i++) {
			assertThat(queries().get(0).count(7)).isZero();
		}
		assertThat(counted().getStaleQueries()).isEqualTo(3);
		assertThat(output.getOut()).containsOnlyOnce("ran while 1 writes were pending")
			.contains("Set 'cache-policy.caches.write-back.write-back.flush-before-queries'");
	}

	/**
	 * Counts wares of a price.
	 */
	@FunctionalInterface
	interface Query {

		long count(int price);

	}

}
