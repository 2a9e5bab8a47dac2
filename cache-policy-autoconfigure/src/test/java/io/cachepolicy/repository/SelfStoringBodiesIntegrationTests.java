package io.cachepolicy.repository;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.testsupport.Postgres;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for methods whose bodies store by themselves what they return.
 */
@ParameterizedClass
@ValueSource(strings = { "write-through", "write-back", "write-around" })
@ExtendWith(OutputCaptureExtension.class)
class SelfStoringBodiesIntegrationTests {

	private static ConfigurableApplicationContext context;

	@Parameter
	private String policy = "";

	private final JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);

	private final Letters letters = context.getBean(Letters.class);

	private final LetterRepository repository = context.getBean(LetterRepository.class);

	private final PolicyCache cache = Objects
		.requireNonNull(context.getBean(PolicyCacheManager.class).getCache("letters"));

	private final Statistics statistics = context.getBean(EntityManagerFactory.class)
		.unwrap(SessionFactory.class)
		.getStatistics();

	private final TransactionTemplate required = new TransactionTemplate(
			context.getBean(PlatformTransactionManager.class));

	private final TransactionTemplate requiresNew = new TransactionTemplate(
			context.getBean(PlatformTransactionManager.class));

	@BeforeParameterizedClassInvocation
	static void start(String policy) {
		context = new SpringApplicationBuilder(RepositoryApplication.class, Letters.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + Postgres.createDatabase(), "spring.jpa.hibernate.ddl-auto=create",
					"spring.jpa.properties.hibernate.generate_statistics=true", "spring.main.banner-mode=off",
					"logging.level.root=warn", "logging.level.org.hibernate=off",
					"cache-policy.defaults.policy=" + policy, "cache-policy.defaults.write-back.flush-interval=1h")
			.run();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		context.close();
	}

	@BeforeEach
	void reset() {
		this.requiresNew.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.cache.flush(Duration.ofSeconds(30));
		this.repository.deleteAll();
		this.repository.save(new Letter(1L, "old"));
		this.cache.clear();
		this.statistics.clear();
	}

	private Letter call(boolean cachePut, Letter letter, UnaryOperator<Letter> body) {
		return cachePut ? this.letters.put(letter, body) : this.letters.write(letter, body);
	}

	private Letter changed(String content) {
		Letter letter = this.repository.findById(1L).orElseThrow();
		letter.setContent(content);
		this.statistics.clear();
		return letter;
	}

	private <T> T inTransaction(TransactionTemplate transaction, Supplier<T> action) {
		return Objects.requireNonNull(transaction.execute((status) -> action.get()));
	}

	private void assertStoredOnce(String content, long version) {
		assertThat(this.cache.pendingWrites()).isZero();
		FlushReport flushed = this.cache.flush(Duration.ofSeconds(30));
		assertThat(flushed.failed()).isZero();
		assertThat(this.statistics.getEntityUpdateCount() + this.statistics.getEntityInsertCount()).isEqualTo(1);
		assertRow(content, version);
	}

	private void assertRow(String content, long version) {
		assertThat(this.jdbc.queryForMap("select content, version from letter where id = 1"))
			.containsEntry("content", content)
			.containsEntry("version", version);
	}

	/**
	 * Assert what readers get, and by how many statements.
	 * @param content the content
	 */
	private void assertPublished(String content) {
		this.statistics.clear();
		assertThat(this.letters.find(1L)).isNotNull().extracting(Letter::getContent).isEqualTo(content);
		assertThat(this.statistics.getPrepareStatementCount()).isEqualTo(isCaching() ? 0 : 1);
	}

	private boolean isCaching() {
		return !this.policy.equals("write-around");
	}

	/**
	 * Assert that an instance can be saved once more.
	 * @param letter the instance
	 */
	private void assertCurrent(Letter letter) {
		letter.setContent("again");
		assertThat(this.repository.save(letter).getVersion()).isEqualTo(2);
	}

	@ParameterizedTest
	@CsvSource({ "true,save", "false,save", "true,required", "false,required", "true,requires-new",
			"false,requires-new", "true,flush", "false,flush", "true,managed", "false,managed" })
	void ownTransaction(boolean cachePut, String kind) {
		Letter letter = changed("new");
		Letter written = call(cachePut, letter, (value) -> switch (kind) {
			case "save" -> this.repository.save(value);
			case "flush" -> this.repository.saveAndFlush(value);
			case "required" -> inTransaction(this.required, () -> this.repository.save(value));
			case "managed" -> inTransaction(this.required, () -> {
				Letter managed = this.repository.findById(1L).orElseThrow();
				managed.setContent("new");
				return managed;
			});
			default -> inTransaction(this.requiresNew, () -> this.repository.save(value));
		});
		assertStoredOnce("new", 1);
		assertPublished("new");
		assertCurrent(written);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void insertOfOwnTransaction(boolean cachePut) {
		this.repository.deleteAll();
		this.statistics.clear();
		call(cachePut, new Letter(1L, "new"), this.repository::save);
		assertStoredOnce("new", 0);
		assertPublished("new");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void newTransactionInsideOfAnother(boolean cachePut) {
		Letter letter = changed("new");
		Letter written = inTransaction(this.required, () -> {
			Letter saved = call(cachePut, letter,
					(value) -> inTransaction(this.requiresNew, () -> this.repository.save(value)));
			assertRow("new", 1);
			return saved;
		});
		assertStoredOnce("new", 1);
		assertPublished("new");
		assertCurrent(written);
	}

	@ParameterizedTest
	@CsvSource({ "true,false", "false,false", "true,true", "false,true" })
	void transactionOfTheCaller(boolean cachePut, boolean flush) {
		Letter letter = changed("new");
		Letter written = inTransaction(this.required, () -> {
			Letter saved = call(cachePut, letter, flush ? this.repository::saveAndFlush : this.repository::save);
			assertThat(this.letters.find(1L)).isNotNull().extracting(Letter::getContent).isEqualTo("new");
			return saved;
		});
		assertStoredOnce("new", 1);
		if (flush) {
			assertThat(this.letters.find(1L)).isNotNull().extracting(Letter::getContent).isEqualTo("new");
		}
		else {
			assertPublished("new");
		}
		assertCurrent(written);
	}

	@ParameterizedTest
	@CsvSource({ "true,false", "false,false", "true,true", "false,true" })
	void rollbackOfTheCaller(boolean cachePut, boolean flush) {
		assertThat(this.letters.find(1L)).isNotNull();
		Letter letter = changed("new");
		this.required.executeWithoutResult((status) -> {
			call(cachePut, letter, flush ? this.repository::saveAndFlush : this.repository::save);
			status.setRollbackOnly();
		});
		assertThat(this.cache.pendingWrites()).isZero();
		assertRow("old", 0);
		assertThat(this.letters.find(1L)).isNotNull().extracting(Letter::getContent).isEqualTo("old");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void rolledBackOwnTransactionIsNotStored(boolean cachePut) {
		Letter letter = changed("new");
		call(cachePut, letter, (value) -> {
			this.required.executeWithoutResult((status) -> {
				this.repository.saveAndFlush(value);
				status.setRollbackOnly();
			});
			return value;
		});
		assertThat(this.cache.pendingWrites()).isEqualTo(this.policy.equals("write-back") ? 1 : 0);
		this.cache.flush(Duration.ofSeconds(30));
		assertRow("new", 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "caller" })
	void argumentOfVoidMethod(String transaction) {
		Letter letter = changed("new");
		if (transaction.equals("none")) {
			this.letters.writeArgument(letter, this.repository::save);
		}
		else {
			this.required.executeWithoutResult((status) -> this.letters.writeArgument(letter, this.repository::save));
		}
		assertStoredOnce("new", 1);
		assertPublished("new");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void changeAfterTheCommitIsWritten(boolean cachePut) {
		Letter letter = changed("new");
		call(cachePut, letter, (value) -> {
			Letter saved = this.repository.save(value);
			saved.setContent("newer");
			return saved;
		});
		this.cache.flush(Duration.ofSeconds(30));
		assertThat(this.letters.find(1L)).isNotNull().extracting(Letter::getContent).isEqualTo("newer");
		assertRow("newer", 2);
	}

	@Test
	void otherInstanceIsWritten() {
		Letter letter = changed("new");
		@Nullable Letter[] saved = new Letter[1];
		this.letters.write(letter, (value) -> {
			saved[0] = this.repository.save(value);
			Letter other = this.repository.findById(1L).orElseThrow();
			other.setContent("other");
			return other;
		});
		assertThat(saved[0]).isNotNull();
		this.cache.flush(Duration.ofSeconds(30));
		assertRow("other", 2);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void savedWithoutAChange(boolean cachePut) {
		call(cachePut, changed("old"), this.repository::save);
		assertThat(this.cache.pendingWrites()).isZero();
		assertThat(this.statistics.getEntityUpdateCount()).isZero();
		assertRow("old", 0);
		assertThat(this.letters.find(1L)).isNotNull().extracting(Letter::getVersion).isEqualTo(0L);
	}

	@Test
	void bodyThatDoesNotStoreIsLeftToThePolicy(CapturedOutput output) {
		this.letters.writeWithoutSave(changed("new"));
		assertThat(this.cache.pendingWrites()).isEqualTo(this.policy.equals("write-back") ? 1 : 0);
		this.cache.flush(Duration.ofSeconds(30));
		assertRow("new", 1);
		assertThat(output).doesNotContain("Letters.writeWithoutSave");
	}

	@Test
	void methodIsNamedOnce(CapturedOutput output) {
		this.letters.writeOften(changed("new"), this.repository::save);
		this.letters.writeOften(changed("newer"), this.repository::save);
		assertThat(output).containsOnlyOnce("Letters.writeOften stores its value by itself")
			.contains("cache 'letters' takes it over", "Return the value without saving it");
	}

	@Test
	void changeOfCollectionAfterTheCommitIsWritten() {
		this.letters.write(changed("new"), (value) -> {
			value.getStamps().add("first");
			Letter saved = this.repository.save(value);
			saved.getStamps().add("second");
			return saved;
		});
		this.cache.flush(Duration.ofSeconds(30));
		assertThat(this.jdbc.queryForList("select stamps from letter_stamps", String.class))
			.containsExactlyInAnyOrder("first", "second");
		assertThat(this.letters.find(1L)).isNotNull()
			.satisfies((letter) -> assertThat(letter.getStamps()).containsExactlyInAnyOrder("first", "second"));
	}

	@Test
	void laterChangeByAnotherThreadIsNotHidden() {
		this.letters.write(changed("new"), (value) -> {
			Letter saved = this.repository.save(value);
			CompletableFuture.runAsync(() -> {
				Letter other = this.repository.findById(1L).orElseThrow();
				other.setContent("other");
				this.repository.save(other);
			}).join();
			return saved;
		});
		assertThat(this.cache.pendingWrites()).isZero();
		assertRow("other", 2);
		assertThat(this.letters.find(1L)).isNotNull().extracting(Letter::getContent).isEqualTo("other");
	}

	@Test
	void collectionIsStoredOnce() {
		this.letters.write(changed("new"), (value) -> {
			value.getStamps().add("first");
			return this.repository.save(value);
		});
		assertStoredOnce("new", 1);
		assertThat(this.letters.find(1L)).isNotNull()
			.satisfies((letter) -> assertThat(letter.getStamps()).containsExactly("first"));
	}

	@Test
	void pendingWriteIsReplaced() {
		this.letters.write(changed("pending"), UnaryOperator.identity());
		Letter letter = changed("new");
		this.letters.write(letter, this.repository::save);
		this.cache.flush(Duration.ofSeconds(30));
		assertThat(this.cache.deadLetters()).isEmpty();
		assertThat(this.letters.find(1L)).isNotNull().extracting(Letter::getContent).isEqualTo("new");
		assertThat(this.jdbc.queryForList("select content from letter", String.class)).containsExactly("new");
	}

}
