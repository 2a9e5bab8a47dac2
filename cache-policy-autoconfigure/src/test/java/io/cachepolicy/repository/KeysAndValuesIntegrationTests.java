package io.cachepolicy.repository;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.repository.Offer.OfferId;
import io.cachepolicy.repository.Quote.QuoteId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for what keys and values of caches of entities can be.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeysAndValuesIntegrationTests {

	private ConfigurableApplicationContext context;

	private JdbcTemplate jdbc;

	@BeforeAll
	void start() {
		this.context = RepositoryApplication.start("cache-policy.caches.rates.entity=" + Rate.class.getName(),
				"cache-policy.caches.words.entity=" + Word.class.getName(),
				"cache-policy.caches.words.cache-absent=true",
				"cache-policy.caches.quotes.entity=" + Quote.class.getName(),
				"cache-policy.caches.offers.entity=" + Offer.class.getName());
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.jdbc.execute(
				"create collation insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
		this.jdbc.execute("alter table word alter column id type varchar(255) collate insensitive");
		this.jdbc.execute("alter table rate alter column id type numeric(10, 2)");
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		this.context.getBean(PolicyCacheManager.class).flush(Duration.ofSeconds(30));
		this.jdbc.execute("truncate table drawer, rate, word, ticket");
		this.jdbc.execute("insert into drawer (id, content) select id, 'old' from generate_series(1, 3) id");
		this.context.getBean(PolicyCacheManager.class).invalidate(Drawer.class);
		this.context.getBean(PolicyCacheManager.class).invalidate(Rate.class);
		this.context.getBean(PolicyCacheManager.class).invalidate(Word.class);
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
	}

	private static String contentOf(PolicyCache cache, Object key) {
		Keyed<?> found = cache.get(key, Keyed.class);
		return (found != null) ? found.getContent() : "none";
	}

	@Test
	@DisplayName("an id that a generic superclass declares has one type")
	void idOfGenericSuperclass() {
		PolicyCache drawers = cache("drawers");
		assertThat(List.of(contentOf(drawers, 1), contentOf(drawers, "1"), contentOf(drawers, 1.0)))
			.containsOnly("old");
		this.context.getBean(DrawerRepository.class).save(new Drawer(1L, "new"));
		assertThat(List.of(contentOf(drawers, 1), contentOf(drawers, 1L), contentOf(drawers, "1"))).containsOnly("new");
		drawers.remove((short) 1);
		assertThat(List.of(contentOf(drawers, 1), contentOf(drawers, 1L), contentOf(drawers, "1")))
			.containsOnly("none");
	}

	@Test
	@DisplayName("numbers that differ in zeros are one key")
	void decimalIds() {
		PolicyCache rates = cache("rates");
		rates.put(new BigDecimal("1.00"), new Rate(new BigDecimal("1.0"), "first"));
		assertThat(contentOf(rates, new BigDecimal("1"))).isEqualTo("first");
		assertThat(contentOf(rates, 1)).isEqualTo("first");
		rates.put(new BigDecimal("1"), new Rate(new BigDecimal("1.00"), "second"));
		assertThat(List.of(contentOf(rates, 1), contentOf(rates, "1.0"), contentOf(rates, new BigDecimal("1.00"))))
			.containsOnly("second");
		rates.withPolicy(WritePolicy.WRITE_BACK).put(100, new Rate(new BigDecimal("100.00"), "third"));
		rates.flush(Duration.ofSeconds(30));
		assertThat(rates.deadLetters()).isEmpty();
		rates.evict("100");
		assertThat(contentOf(rates, "100")).isEqualTo("third");
		this.jdbc.update("update rate set content = 'seen' where id = 100");
		assertThat(contentOf(rates, new BigDecimal("100.0"))).as("cached").isEqualTo("third");
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	@DisplayName("R8: composite ids whose numbers differ in zeros are one key")
	void numbersOfCompositeIds(WritePolicy policy) {
		PolicyCache quotes = cache("quotes").withPolicy(policy);
		quotes.put(new QuoteId("a", "1.0"), new Quote(new QuoteId("a", "1.0"), "first"));
		quotes.put(new QuoteId("a", "1.00"), new Quote(new QuoteId("a", "1.000"), "second"));
		PolicyCache offers = cache("offers").withPolicy(policy);
		offers.put(new OfferId("a", "100"), new Offer(new OfferId("a", "100"), "first"));
		offers.put(new OfferId("a", "1E+2"), new Offer(new OfferId("a", "100.0"), "second"));
		for (int i = 0; i < 2; i++) {
			for (String amount : List.of("1", "1.0", "1.00")) {
				assertThat(quotes.get(new QuoteId("a", amount), Quote.class)).extracting(Quote::getContent)
					.isEqualTo("second");
			}
			for (String amount : List.of("1E+2", "100", "100.0")) {
				assertThat(offers.get(new OfferId("a", amount), Offer.class)).extracting(Offer::getContent)
					.isEqualTo("second");
			}
			quotes.flush(Duration.ofSeconds(30));
			offers.flush(Duration.ofSeconds(30));
		}
		assertThat(quotes.deadLetters()).isEmpty();
		assertThat(offers.deadLetters()).isEmpty();
		quotes.remove(new QuoteId("a", "1.0"));
		offers.remove(new OfferId("a", "100.00"));
		assertThat(quotes.get(new QuoteId("a", "1.00"))).isNull();
		assertThat(offers.get(new OfferId("a", "100"))).isNull();
	}

	@ParameterizedTest
	@ValueSource(classes = { Digest.class, Place.class })
	@DisplayName("R8: an entity whose ids are never equal fails the start")
	void idsThatAreNeverEqual(Class<?> entity) {
		assertThatExceptionOfType(InvalidPolicyCacheException.class)
			.isThrownBy(() -> RepositoryApplication.start("cache-policy.caches.items.entity=" + entity.getName()))
			.withMessageContaining(entity.getName())
			.withMessageContaining("never equal");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1 2", "0x1", "01", "+1", "1.5", "A" })
	@DisplayName("what is no id is refused, and nothing happens to another row")
	void lossyKeysAreRefused(String key) {
		PolicyCache drawers = cache("drawers");
		assertThatIllegalArgumentException().isThrownBy(() -> drawers.remove(key));
		assertThatIllegalArgumentException().isThrownBy(() -> drawers.remove(1.9));
		assertThatIllegalArgumentException().isThrownBy(() -> drawers.get('A'));
		assertThat(this.jdbc.queryForObject("select count(*) from drawer", Integer.class)).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	@DisplayName("a value of another type or id is refused at the call, under every policy, in transactions too")
	void wrongValuesAreRefused(WritePolicy policy) {
		PolicyCache drawers = cache("drawers").withPolicy(policy);
		TransactionTemplate transaction = new TransactionTemplate(
				this.context.getBean(PlatformTransactionManager.class));
		Map<Long, Object> values = new HashMap<>(Map.of(1L, new Drawer(1L, "new"), 2L, new Drawer(3L, "new")));
		List<Runnable> writes = List.of(() -> drawers.put(22, new Drawer(23L, "new")), () -> drawers.put(21, "text"),
				() -> drawers.put(21, new Drawer(null, "new")), () -> drawers.put(21, new Rate(BigDecimal.ONE, "new")),
				() -> drawers.putAll(values), () -> drawers.putIfAbsent(24, new Drawer(25L, "new")));
		for (Runnable write : writes) {
			assertThatIllegalArgumentException().isThrownBy(write::run);
			transaction.executeWithoutResult((status) -> assertThatIllegalArgumentException().isThrownBy(write::run));
		}
		drawers.flush(Duration.ofSeconds(30));
		assertThat(drawers.deadLetters()).isEmpty();
		assertThat(contentOf(drawers, 22) + contentOf(drawers, 1)).isEqualTo("noneold");
		assertThat(this.jdbc.queryForList("select content from drawer", String.class)).containsOnly("old");
	}

	@Test
	@DisplayName("what a body returns for another id, or of another type, is not cached")
	void wrongResultsAreNotCached() {
		PolicyCache drawers = cache("drawers");
		assertThat(drawers.get(2, () -> new Drawer(1L, "other")).getContent()).isEqualTo("other");
		assertThat(contentOf(drawers, 2)).isEqualTo("old");
		assertThat(drawers.get(3, () -> "text")).isEqualTo("text");
		assertThat(contentOf(drawers, 3)).isEqualTo("old");
	}

	@Test
	@DisplayName("any number of ids, typed")
	void manyIds() {
		PolicyCache drawers = cache("drawers");
		this.jdbc.execute("insert into drawer (id, content) select id, 'many' from generate_series(4, 70000) id");
		List<Long> ids = LongStream.rangeClosed(1, 70_001).boxed().toList();
		Map<Long, Drawer> found = drawers.getAll(ids, Drawer.class);
		assertThat(found).hasSize(70_000);
		assertThat(found.get(70_000L).getContent()).isEqualTo("many");
		assertThatIllegalStateException().isThrownBy(() -> drawers.getAll(List.of(1), Rate.class))
			.withMessageContaining("Drawer");
	}

	@Test
	@DisplayName("streams are neither cached nor accepted")
	void streamsAreRefused() {
		PolicyCache plain = cache("plain");
		assertThat(plain.get(1, () -> List.of(1).stream())).containsExactly(1);
		assertThat(plain.get(1, () -> List.of(2).stream())).containsExactly(2);
		assertThatIllegalArgumentException().isThrownBy(() -> plain.put(1, List.of(1).stream()));
	}

	@Test
	@DisplayName("R8: a row that is found by another id than its own is returned, and not cached under it")
	void rowWithAnotherId() {
		PolicyCache words = cache("words");
		this.jdbc.update("insert into word (id, content) values ('Abc', 'first'), ('x', 'second')");
		assertThat(contentOf(words, "abc")).isEqualTo("first");
		assertThat(words.getAll(List.of("ABC", "X", "none"), Word.class)).hasSize(2).containsKeys("ABC", "X");
		words.put("Abc", new Word("Abc", "changed"));
		assertThat(contentOf(words, "abc")).isEqualTo("changed");
		assertThat(contentOf(words, "Abc")).isEqualTo("changed");
	}

	@Test
	@DisplayName("an id that no database generates is refused at the call")
	void zeroIsNoGeneratedId() {
		Ticket ticket = new Ticket("zero");
		ReflectionTestUtils.setField(ticket, "id", 0L);
		PolicyCache tickets = cache("tickets").withPolicy(WritePolicy.WRITE_BACK);
		assertThatIllegalArgumentException().isThrownBy(() -> tickets.put(0, ticket)).withMessageContaining("id 0");
	}

}
