package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.Objects;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for new rows to which a deferred write cascades.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CascadedInsertTests {

	private ConfigurableApplicationContext context;

	private PolicyCache cache;

	@BeforeAll
	void start() {
		this.context = BypassApplication.start("cache-policy.caches.shelves.entity=" + Shelf.class.getName(),
				"cache-policy.caches.shelves.policy=write-back");
		this.cache = Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("shelves"));
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W2: a new part whose id the database generates is inserted at once, later writes are deferred")
	void newPartIsInsertedAtOnce(boolean inTransaction) {
		long id = (inTransaction) ? 1 : 2;
		Shelf shelf = new Shelf(id);
		shelf.getBoards().add(new Shelf.Board(3));
		put(inTransaction, shelf);
		assertThat(this.cache.pendingWrites()).isZero();
		Shelf stored = Objects.requireNonNull(this.cache.get(id, Shelf.class));
		assertThat(stored.getBoards()).hasSize(1);
		assertThat(stored.getBoards().get(0).getId()).isNotNull();
		stored.getBoards().get(0).setWidth(4);
		put(inTransaction, stored);
		assertThat(this.cache.pendingWrites()).isOne();
		Shelf again = Objects.requireNonNull(this.cache.get(id, Shelf.class));
		again.getBoards().add(new Shelf.Board(5));
		put(inTransaction, again);
		assertThat(this.cache.pendingWrites()).isZero();
		assertThat(Objects.requireNonNull(this.cache.get(id, Shelf.class)).getBoards())
			.extracting(Shelf.Board::getWidth)
			.containsExactly(4, 5);
		this.cache.flush(Duration.ofSeconds(10));
		this.cache.clear();
		assertThat(Objects.requireNonNull(this.cache.get(id, Shelf.class)).getBoards())
			.extracting(Shelf.Board::getWidth)
			.containsExactlyInAnyOrder(4, 5);
		assertThat(this.cache.deadLetters()).isEmpty();
	}

	private void put(boolean inTransaction, Shelf shelf) {
		if (inTransaction) {
			new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> this.cache.put(shelf.getId(), shelf));
		}
		else {
			this.cache.put(shelf.getId(), shelf);
		}
	}

}
