package io.cachepolicy.contexts;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.testsupport.Postgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what is stored for several users on PostgreSQL, however an application carries
 * the user from thread to thread.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractContextTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private ConfigurableApplicationContext context;

	private JdbcTemplate jdbc;

	private PolicyCache documents;

	private int puts;

	abstract Class<?>[] configurations();

	@BeforeAll
	void start() {
		this.context = ContextApplication.start(Postgres.createDatabase(), configurations());
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		PolicyCache documents = this.context.getBean(PolicyCacheManager.class).getCache("documents");
		assertThat(documents).isNotNull();
		this.documents = documents;
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		modifiers().keySet().forEach(this.documents::remove);
		this.documents.flush(TIMEOUT);
		StoreCallRecorder.takeCalls();
	}

	PolicyCache documents() {
		return this.documents;
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	@Test
	void eachRowOfBatchHasItsOwnAuditor() {
		as("ada", () -> put(1));
		as("bob", () -> put(2));
		as("ada", () -> put(3));
		as(null, () -> put(4));
		as("bob", () -> put(5));
		flush(5);
		assertThat(modifiers()).isEqualTo(Map.of(1L, "ada", 2L, "bob", 3L, "ada", 4L, "nobody", 5L, "bob"));
	}

	@Test
	void updatedRowsKeepWhoCreatedThem() {
		as("ada", () -> put(1));
		flush(1);
		as("bob", () -> put(1));
		flush(1);
		Document document = this.documents.get(1L, Document.class);
		assertThat(document).isNotNull();
		assertThat(document.createdBy()).isEqualTo("ada");
		assertThat(document.modifiedBy()).isEqualTo("bob");
		assertThat(modifiers()).isEqualTo(Map.of(1L, "bob"));
	}

	@Test
	void coalescedWriteHasLastAuditor() {
		as("ada", () -> put(1));
		as("bob", () -> put(1));
		flush(1);
		assertThat(modifiers()).isEqualTo(Map.of(1L, "bob"));
	}

	@Test
	void writeOfTransactionHasItsAuditor() {
		TransactionTemplate transaction = new TransactionTemplate(bean(PlatformTransactionManager.class));
		as("ada", () -> transaction.executeWithoutResult((status) -> put(1)));
		as("bob", () -> transaction.executeWithoutResult((status) -> put(2)));
		flush(2);
		assertThat(modifiers()).isEqualTo(Map.of(1L, "ada", 2L, "bob"));
	}

	@Test
	void storeCallsLeaveNothingBehind() {
		as("ada", () -> put(1));
		flush(1);
		put(2);
		flush(1);
		assertThat(modifiers()).isEqualTo(Map.of(1L, "ada", 2L, "nobody"));
	}

	void as(@Nullable String user, Runnable action) {
		ContextApplication.USER.set(user);
		try {
			action.run();
		}
		finally {
			ContextApplication.USER.remove();
		}
	}

	void put(long id) {
		Document document = this.documents.get(id, Document.class);
		this.documents.put(id, ((document != null) ? document : new Document(id, "")).text("text " + ++this.puts));
	}

	void flush(long written) {
		assertThat(this.documents.flush(TIMEOUT)).isEqualTo(new FlushReport(written, 0, 0));
	}

	Map<Long, String> modifiers() {
		return this.jdbc.query("select id, coalesce(modified_by, 'nobody') from document", (rows) -> {
			Map<Long, String> modifiers = new HashMap<>();
			while (rows.next()) {
				modifiers.put(rows.getLong(1), rows.getString(2));
			}
			return modifiers;
		});
	}

}
