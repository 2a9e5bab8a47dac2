package io.cachepolicy.endtoend;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.testsupport.Postgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Flushes whose transaction commits, but whose connection breaks before the answer comes:
 * they are tried again, and meet their own rows.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostAnswerTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final AtomicBoolean loseNext = new AtomicBoolean();

	private ConfigurableApplicationContext context;

	private PolicyCache cache;

	private Notes.Back notes;

	private JdbcTemplate jdbc;

	@BeforeAll
	void start() {
		this.context = new SpringApplicationBuilder(EndToEndApplication.class, LostAnswers.class)
			.web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + Postgres.createDatabase(), "spring.jpa.hibernate.ddl-auto=create",
					"logging.level.root=error", "cache-policy.caches.notes-back.policy=write-back",
					"cache-policy.caches.notes-back.write-back.flush-interval=1h",
					"cache-policy.caches.notes-back.write-back.retry.initial-interval=5ms")
			.run();
		this.cache = Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("notes-back"));
		this.notes = this.context.getBean(Notes.Back.class);
		this.jdbc = this.context.getBean(JdbcTemplate.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		this.jdbc.execute("delete from note");
		this.cache.clear();
		this.cache.deadLetters().forEach(this.cache::discard);
	}

	@Test
	@DisplayName("J3: an insert whose answer is lost does not conflict with itself")
	void insertMeetsItsOwnRow() {
		this.notes.write(new Note("a", "one"));
		flushLosingTheAnswer(1);
		assertThat(texts()).containsExactly("one");
		writeAgain("a");
	}

	@Test
	@DisplayName("J3: an update whose answer is lost does not conflict with itself")
	void updateMeetsItsOwnRow() {
		this.jdbc.update("insert into note (id, text, version) values ('a', 'old', 7)");
		this.notes.write(this.notes.find("a").orElseThrow().text("one"));
		flushLosingTheAnswer(1);
		assertThat(texts()).containsExactly("one");
		writeAgain("a");
	}

	@Test
	@DisplayName("J3: a batch whose answer is lost does not conflict with itself")
	void batchMeetsItsOwnRows() {
		this.jdbc.update("insert into note (id, text, version) values ('b', 'old', 7)");
		this.notes.write(new Note("a", "one"));
		this.notes.write(this.notes.find("b").orElseThrow().text("two"));
		this.notes.write(new Note("c", "three"));
		flushLosingTheAnswer(3);
		assertThat(texts()).containsExactly("one", "two", "three");
		writeAgain("b");
	}

	@Test
	@DisplayName("J3: a delete whose answer is lost finds no row")
	void deleteMeetsNoRow() {
		this.jdbc.update("insert into note (id, text, version) values ('a', 'old', 7)");
		this.notes.find("a");
		this.notes.remove("a");
		flushLosingTheAnswer(1);
		assertThat(texts()).isEmpty();
	}

	@Test
	@DisplayName("J3: a change by another writer after a lost answer is a conflict")
	void externalChangeAfterALostAnswerIsAConflict() {
		this.jdbc.update("insert into note (id, text, version) values ('a', 'old', 7)");
		this.notes.write(this.notes.find("a").orElseThrow().text("mine"));
		this.jdbc.update("update note set text = 'theirs', version = 8 where id = 'a'");
		assertThat(this.cache.flush(TIMEOUT)).isEqualTo(new FlushReport(0, 1, 0));
		assertThat(texts()).containsExactly("theirs");
	}

	@Test
	@DisplayName("W7: what a transaction stored before it read the row does not conflict with itself after a lost answer")
	void rowThatWasStoredForAReaderMeetsItself() {
		// A row that no other test has deleted, after which a row with its version is new
		this.jdbc.update("insert into note (id, text, version) values ('d', 'old', 7)");
		this.notes.write(this.notes.find("d").orElseThrow().text("one"));
		TransactionTemplate transaction = new TransactionTemplate(
				this.context.getBean(PlatformTransactionManager.class));
		assertThatException().isThrownBy(() -> transaction.executeWithoutResult((status) -> {
			assertThat(this.context.getBean(NoteRepository.class).findById("d").orElseThrow().getText())
				.isEqualTo("one");
			loseNext.set(true);
		}));
		assertThat(loseNext).isFalse();
		assertThat(this.cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.cache.deadLetters()).isEmpty();
		assertThat(texts()).containsExactly("one");
		writeAgain("d");
	}

	private void flushLosingTheAnswer(int writes) {
		loseNext.set(true);
		assertThat(this.cache.flush(TIMEOUT)).isEqualTo(new FlushReport(writes, 0, 0));
		assertThat(loseNext).isFalse();
		assertThat(this.cache.deadLetters()).isEmpty();
	}

	private void writeAgain(String id) {
		this.notes.write(this.notes.find(id).orElseThrow().text("again"));
		assertThat(this.cache.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(texts()).contains("again");
	}

	private List<String> texts() {
		return this.jdbc.queryForList("select text from note order by id", String.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class LostAnswers {

		@Bean
		static BeanPostProcessor losingDataSource() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					return (bean instanceof DataSource dataSource) ? new LosingDataSource(dataSource) : bean;
				}

			};
		}

	}

	/**
	 * A data source whose connections commit once and say that they are broken.
	 */
	private static final class LosingDataSource extends DelegatingDataSource {

		LosingDataSource(DataSource target) {
			super(target);
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, args) -> {
						try {
							Object result = method.invoke(connection, args);
							if (method.getName().equals("commit") && loseNext.getAndSet(false)) {
								throw new SQLException("The connection broke", "08006");
							}
							return result;
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
					});
		}

	}

}
