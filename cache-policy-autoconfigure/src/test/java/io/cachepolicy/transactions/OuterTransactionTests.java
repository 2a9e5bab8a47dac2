package io.cachepolicy.transactions;

import java.util.function.Supplier;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for writes in a transaction of another transaction manager, inside one of the
 * store's own: the store joins the outer one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OuterTransactionTests {

	private Fixture fixture;

	@BeforeAll
	void start() {
		this.fixture = new Fixture();
	}

	@AfterAll
	void stop() {
		this.fixture.close();
	}

	private void in(PlatformTransactionManager manager, boolean commits, Runnable action) {
		new TransactionTemplate(manager).executeWithoutResult((status) -> {
			action.run();
			if (!commits) {
				status.setRollbackOnly();
			}
		});
	}

	private String row(long id) {
		return this.fixture.jdbc().queryForObject("select text from account where id = ?", String.class, id);
	}

	private String seenByOthers(PolicyCache cache, long id) {
		Supplier<String> read = () -> cache.get(id, Account.class).getText();
		return this.fixture.inOtherThread(read);
	}

	@ParameterizedTest(name = "{0}, outer commits: {1}, inner commits: {2}")
	@CsvSource({ "WRITE_THROUGH,true,true", "WRITE_THROUGH,true,false", "WRITE_THROUGH,false,true",
			"WRITE_THROUGH,false,false", "WRITE_AROUND,true,true", "WRITE_AROUND,true,false", "WRITE_AROUND,false,true",
			"WRITE_AROUND,false,false" })
	@DisplayName("R2, R3: a write that joins an outer transaction is visible when that one has committed")
	void writeHasTheOutcomeOfTheTransactionThatItJoins(WritePolicy policy, boolean outerCommits, boolean innerCommits) {
		PolicyCache cache = this.fixture.cache(policy);
		long id = this.fixture.newId();
		this.fixture.insert(id, "old");
		Account account = cache.get(id, Account.class);
		in(this.fixture.jpa(), outerCommits, () -> {
			in(this.fixture.other(), innerCommits, () -> {
				cache.put(id, account.text("new"));
				assertThat(cache.get(id, Account.class).getText()).isEqualTo("new");
				assertThat(seenByOthers(cache, id)).isEqualTo("old");
			});
			assertThat(cache.get(id, Account.class).getText()).isEqualTo("new");
			assertThat(seenByOthers(cache, id)).isEqualTo("old");
		});
		assertThat(row(id)).isEqualTo((outerCommits) ? "new" : "old");
		assertThat(seenByOthers(cache, id)).isEqualTo(row(id));
		assertThat(cache.get(id, Account.class).getText()).isEqualTo(row(id));
	}

	@Test
	@DisplayName("R3: what an inner transaction of another manager reads in the outer one is not cached")
	void valueThatWasReadInAnOuterTransactionIsNotCached() {
		PolicyCache cache = this.fixture.cache(WritePolicy.WRITE_THROUGH);
		long id = this.fixture.newId();
		this.fixture.insert(id, "old");
		in(this.fixture.jpa(), false, () -> {
			this.fixture.jdbc().update("update account set text = 'uncommitted' where id = ?", id);
			in(this.fixture.other(), true, () -> cache.get(id, Account.class));
		});
		assertThat(seenByOthers(cache, id)).isEqualTo("old");
	}

	@ParameterizedTest(name = "outer commits: {0}")
	@CsvSource({ "true", "false" })
	@DisplayName("W1: a pending write stays if what was to replace it is rolled back by an outer transaction")
	void pendingWriteStaysUntilTheOuterTransactionCommits(boolean commits) {
		PolicyCache back = this.fixture.cache(WritePolicy.WRITE_BACK);
		long id = this.fixture.newId();
		this.fixture.insert(id, "old");
		back.put(id, back.get(id, Account.class).text("pending"));
		in(this.fixture.jpa(), commits, () -> {
			in(this.fixture.other(), true,
					() -> back.withPolicy(WritePolicy.WRITE_THROUGH).put(id, back.get(id, Account.class).text("now")));
			assertThat(seenByOthers(back, id)).isEqualTo("pending");
			assertThat(back.pendingWrites()).isOne();
		});
		back.flush(java.time.Duration.ofSeconds(20));
		assertThat(row(id)).isEqualTo((commits) ? "now" : "pending");
		assertThat(seenByOthers(back, id)).isEqualTo(row(id));
	}

}
