package io.cachepolicy.test.application;

import java.time.Duration;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.test.CachePolicyTester;
import io.cachepolicy.test.TestedCache;
import io.cachepolicy.test.autoconfigure.AutoConfigureCachePolicy;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What a failing test says: cache, keys and what to do.
 */
@SpringBootTest(properties = "spring.cache.cache-names=others")
@AutoConfigureCachePolicy
@DirtiesContext
class FailureMessageTests {

	@Autowired
	private CachePolicyTester caches;

	@Autowired
	private NoteService notes;

	@Autowired
	private TextStore textStore;

	private TestedCache cache;

	@BeforeEach
	void findCache() {
		this.cache = this.caches.cache("notes");
	}

	@AfterEach
	void plugIn() {
		this.textStore.away(false);
	}

	@Test
	void pendingWritesWhenMissing() {
		this.notes.write(new Note("a", "one"));
		assertFailure(() -> assertThat(this.cache).hasPendingWrites("a", "b"))
			.withMessage("Cache 'notes' has no pending write of key [b]. Pending: key [a].");
		this.caches.flush();
		assertFailure(() -> assertThat(this.cache).hasPendingWrites("a", "b")).withMessage(
				"Cache 'notes' has no pending write of keys [a, b]. Nothing is pending. Rows written to the store since the test began: 1.");
	}

	@Test
	void pendingWritesWhenPolicyDefersNothing() {
		assertFailure(() -> assertThat(this.caches.cache("others")).hasPendingWrites(1)).withMessage(
				"Cache 'others' has no pending write of key [1]. Nothing is pending. The policy of the cache is WRITE_THROUGH, which defers nothing.");
	}

	@Test
	void onlyPendingWritesWhenThereAreOthers() {
		this.notes.write(new Note("a", "one"));
		this.notes.write(new Note("b", "one"));
		assertThat(this.cache).hasOnlyPendingWrites("b", "a");
		assertFailure(() -> assertThat(this.cache).hasOnlyPendingWrites("a"))
			.withMessage("Cache 'notes' also has pending writes of key [b].");
		assertFailure(() -> assertThat(this.cache).hasOnlyPendingWrites("c"))
			.withMessageStartingWith("Cache 'notes' has no pending write of key [c].");
	}

	@Test
	void noPendingWritesWhenThereAreSome() {
		this.notes.write(new Note("a", "one"));
		assertFailure(() -> assertThat(this.cache).hasNoPendingWrites()).withMessage(
				"Cache 'notes' has pending writes. Pending: key [a]. Call flush() of the CachePolicyTester before, if they are to be in the store by now.");
	}

	@Test
	void pendingValueAndDelete() {
		this.notes.write(new Note("a", "one"));
		this.notes.delete("b");
		assertFailure(() -> assertThat(this.cache).pendingValue("b"))
			.withMessage("Cache 'notes' has a pending delete of key [b], and no pending value.");
		assertFailure(() -> assertThat(this.cache).hasPendingDelete("a"))
			.withMessage("Cache 'notes' has a pending write of key [a], which is no delete.");
		assertFailure(() -> assertThat(this.cache).hasPendingDelete("c"))
			.withMessageStartingWith("Cache 'notes' has no pending write of key [c].");
		assertFailure(() -> assertThat(this.cache).pendingValue("c"))
			.withMessageStartingWith("Cache 'notes' has no pending write of key [c].");
	}

	@Test
	void deadLetters() {
		assertFailure(() -> assertThat(this.cache).hasDeadLetter("a")).withMessage(
				"Cache 'notes' has no dead letter of key [a]. There are no dead letters. A write becomes one when a flush is refused by the store: call flush(timeout) of the PolicyCache before, which does not fail the test.");
		this.notes.write(new Note("a", null));
		this.cache.getCache().flush(Duration.ofSeconds(10));
		assertThat(this.cache).deadLetter("a")
			.extracting(DeadLetter::reason)
			.isInstanceOf(DataIntegrityViolationException.class);
		assertFailure(() -> assertThat(this.cache).hasDeadLetter("b"))
			.withMessageStartingWith("Cache 'notes' has no dead letter of key [b]. Dead letters: DeadLetter[")
			.withMessageContaining("key=a");
		assertFailure(() -> assertThat(this.cache).hasNoDeadLetters())
			.withMessageStartingWith("Cache 'notes' has dead letters. Dead letters: DeadLetter[")
			.withMessageContaining("DataIntegrityViolationException");
	}

	@Test
	void storeCallsAndRows() {
		this.notes.write(new Note("a", "one"));
		assertFailure(() -> assertThat(this.cache).hasStoreCalls(1))
			.withMessage("Cache 'notes' has 0 store calls since the test began, and not 1. Pending: key [a].");
		this.caches.flush();
		assertFailure(() -> assertThat(this.cache).hasWrittenRows(2))
			.withMessage("Cache 'notes' has 1 written rows since the test began, and not 2. Nothing is pending.");
	}

	@Test
	void keysInAnotherForm() {
		TestedCache texts = this.caches.cache("texts");
		texts.getCache().put(1, "one");
		assertThat(texts).hasOnlyPendingWrites("1").hasPendingWrites(1, 1L);
		assertFailure(() -> assertThat(texts).as("described").hasNoPendingWrites())
			.withMessageStartingWith("[described]");
	}

	@Test
	void flushWhenStoreRefuses() {
		this.notes.write(new Note("good", "one"));
		this.notes.write(new Note("bad", null));
		assertFailure(this.caches::flush).withMessageStartingWith(
				"Not all that was pending could be stored within 10000 ms: 1 written, 1 became dead letters, 0 still pending.")
			.withMessageContaining("- Cache 'notes': key [bad] became a dead letter after 1 attempt(s): "
					+ DataIntegrityViolationException.class.getName())
			.withMessageEndingWith(
					"If the store is meant to refuse writes, call PolicyCacheManager.flush(timeout), which does not fail.");
	}

	@Test
	void flushWhenStoreIsAway() {
		this.textStore.away(true);
		this.caches.cache("texts").getCache().put(1L, "one");
		assertFailure(() -> this.caches.flush(Duration.ofMillis(50))).withMessageStartingWith(
				"Not all that was pending could be stored within 50 ms: 0 written, 0 became dead letters, 1 still pending.")
			.withMessageContaining("- Cache 'texts': still pending are the keys [1]")
			.withMessageContaining("The disk is unplugged");
	}

	@Test
	void unknownCache() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.caches.cache("unknown"))
			.withMessage("There is no cache 'unknown', but these: [notes, others, texts]");
	}

	private static ThrowableAssertAlternative<AssertionError> assertFailure(ThrowingCallable code) {
		return assertThatExceptionOfType(AssertionError.class).isThrownBy(code);
	}

}
