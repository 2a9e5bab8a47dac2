package io.cachepolicy.faults;

import java.time.Duration;
import java.util.Objects;

import io.cachepolicy.FlushReport;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.WriteCounts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * What random failures found, each as the shortest way to it.
 */
class FoundFaultsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final Application application = new Application(Setup.ALL.get(0), H2FaultsTests.newDatabase());

	private ManagedPolicyCache shelves() {
		return this.application.cache(Application.SHELVES);
	}

	private ManagedPolicyCache volumes() {
		return this.application.cache(Application.VOLUMES);
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	private void flush() {
		assertThat(this.application.manager().flush(TIMEOUT).remaining()).isZero();
	}

	private Volume volume(long id) {
		return Objects.requireNonNull(volumes().get(id, Volume.class));
	}

	private void putFirst() {
		shelves().put(1L, new Shelf(1L, "shelf"));
		Volume volume = new Volume(1L);
		volume.change(new Shelf(1L, "shelf"), "first@1");
		volumes().put(1L, volume);
		flush();
	}

	private void assertRow(String text) {
		assertThat(this.application.others().queryForList("select text from volume", String.class))
			.containsExactly(text);
	}

	@Test
	@DisplayName("J3: a write-through that was rolled back to a savepoint makes no version of which later writes are to know")
	void writeThroughBeforeSavepointRollbackLeavesNoVersion() {
		putFirst();
		Volume changed = volume(1);
		this.application.transaction()
			.executeWithoutResult((outer) -> this.application.nested().executeWithoutResult((inner) -> {
				changed.change(new Shelf(1L, "shelf"), "back@1");
				volumes().withPolicy(WritePolicy.WRITE_THROUGH).put(1L, changed);
				inner.setRollbackOnly();
			}));
		assertRow("first@1");
		for (Volume next : new Volume[] { changed, volume(1) }) {
			next.change(new Shelf(1L, "shelf"), "next@1");
			volumes().put(1L, next);
			assertThat(volumes().flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
			assertRow("next@1");
		}
	}

	@Test
	@DisplayName("W2: the writes of one cache are counted, and not those of others")
	void countsAreThoseOfTheCache() {
		flush();
		WriteCounts before = Objects.requireNonNull(volumes().findPendingWrites()).counts();
		shelves().put(1L, new Shelf(1L, "one"));
		shelves().put(2L, new Shelf(2L, "two"));
		flush();
		assertThat(Objects.requireNonNull(volumes().findPendingWrites()).counts()).isEqualTo(before);
	}

	@Test
	@DisplayName("J3: the answer is lost twice, to a commit and to the look at what it did")
	void secondLostAnswerLeavesTheLineage() {
		putFirst();
		Rule rule = new Rule(Point.COMMITTED, Fault.OF_ANSWER.get(0), 0, 2);
		this.application.faults().begin(new Plan(rule));
		Volume again = new Volume(1L);
		again.change(new Shelf(1L, "shelf"), "again@1");
		volumes().put(1L, again);
		assertThat(volumes().flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(rule.injected()).isEqualTo(2);
		assertRow("again@1");
	}

	@Test
	@DisplayName("J3: a write-through is no conflict with a flush whose answer was lost")
	void writeThroughAfterALostAnswerIsNoConflict() {
		putFirst();
		loseAnswersOf("again@1");
		// A flush may have the row for longer than the writer waits
		await().ignoreExceptionsMatching(WriteRefusedException.class::isInstance).until(() -> {
			volumes().withPolicy(WritePolicy.WRITE_THROUGH).put(1L, volume("through@1"));
			return true;
		});
		this.application.faults().end();
		flush();
		assertRow("through@1");
		assertThat(volumes().deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("J3: a transaction that meets a flush whose answer was lost leaves its lineage")
	void transactionAfterALostAnswerLeavesTheLineage() {
		putFirst();
		loseAnswersOf("again@1");
		assertThatException().isThrownBy(() -> this.application.transaction()
			.executeWithoutResult(
					(status) -> volumes().withPolicy(WritePolicy.WRITE_THROUGH).put(1L, volume("through@1"))));
		this.application.faults().end();
		flush();
		assertRow("again@1");
		assertThat(volumes().deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("W1: a value that took the place of a removal is stored over the row, also after attempts that failed")
	void valueOverARemovalIsStoredAfterFailures() {
		putFirst();
		Rule rule = new Rule(Point.EXECUTE, Fault.OF_OTHERS.get(0), 0, Rule.NEVER_ENDS);
		this.application.faults().begin(new Plan(rule));
		volumes().remove(1L);
		volumes().put(1L, volume("again@1"));
		int injected = rule.injected();
		await().until(() -> rule.injected() > injected + 2);
		this.application.faults().end();
		flush();
		assertThat(volumes().deadLetters()).isEmpty();
		assertRow("again@1");
	}

	@Test
	@DisplayName("F1: rows that swap unique values at once are refused, unless one is freed first")
	void swappedUniqueValuesAreFreedFirst() {
		shelves().put(1L, new Shelf(1L, "shelf"));
		mark(WritePolicy.WRITE_BACK, 1, "a");
		mark(WritePolicy.WRITE_BACK, 2, "b");
		flush();
		this.application.transaction().executeWithoutResult((status) -> {
			mark(WritePolicy.WRITE_BACK, 1, "b");
			mark(WritePolicy.WRITE_BACK, 2, "a");
		});
		assertThat(volumes().flush(TIMEOUT)).isEqualTo(new FlushReport(0, 2, 0));
		volumes().deadLetters().forEach(volumes()::discard);
		mark(WritePolicy.WRITE_THROUGH, 1, null);
		mark(WritePolicy.WRITE_BACK, 2, "a");
		mark(WritePolicy.WRITE_BACK, 1, "b");
		assertThat(volumes().flush(TIMEOUT).remaining()).isZero();
		assertThat(volumes().deadLetters()).isEmpty();
		assertThat(this.application.others().queryForList("select mark from volume order by id", String.class))
			.containsExactly("b", "a");
	}

	private void mark(WritePolicy policy, long id, @Nullable String mark) {
		Volume found = volumes().get(id, Volume.class);
		Volume volume = (found != null) ? found : new Volume(id);
		volume.change(new Shelf(1L, "shelf"), "text", mark);
		volumes().withPolicy(policy).put(id, volume);
	}

	private static Volume volume(String text) {
		Volume volume = new Volume(1L);
		volume.change(new Shelf(1L, "shelf"), text);
		return volume;
	}

	/**
	 * Store a value without an answer, and lose those to all looks at it as well.
	 */
	private void loseAnswersOf(String text) {
		Rule rule = new Rule(Point.COMMITTED, Fault.OF_ANSWER.get(0), 0, Rule.NEVER_ENDS);
		this.application.faults().begin(new Plan(rule));
		volumes().put(1L, volume(text));
		assertThat(volumes().flush(Duration.ofMillis(200)).remaining()).isOne();
		assertThat(rule.injected()).isPositive();
		assertRow(text);
	}

}
