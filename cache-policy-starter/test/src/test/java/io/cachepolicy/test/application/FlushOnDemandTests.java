package io.cachepolicy.test.application;

import java.time.Duration;

import io.cachepolicy.test.CachePolicyTester;
import io.cachepolicy.test.autoconfigure.AutoConfigureCachePolicy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When pending writes are flushed. The application flushes each one at once.
 */
@SpringBootTest
@AutoConfigureCachePolicy
class FlushOnDemandTests {

	@Autowired
	private CachePolicyTester caches;

	@Autowired
	private NoteService notes;

	@Autowired
	private NoteRepository repository;

	@Test
	void writeIsPendingUntilFlush() {
		this.notes.write(new Note("a", "one"));
		Awaitility.await()
			.during(Duration.ofMillis(300))
			.untilAsserted(() -> assertThat(this.caches.cache("notes")).hasOnlyPendingWrites("a").hasStoreCalls(0));
		assertThat(this.repository.existsById("a")).isFalse();
		assertThat(this.caches.flush().written()).isOne();
		assertThat(this.caches.cache("notes")).hasNoPendingWrites().hasStoreCalls(1).hasWrittenRows(1);
		assertThat(this.repository.findById("a")).map(Note::getText).contains("one");
	}

	@Test
	void coalescedWritesAreOneRow() {
		this.notes.write(new Note("b", "one"));
		this.notes.write(new Note("b", "two"));
		assertThat(this.caches.cache("notes")).pendingValue("b").extracting("text").isEqualTo("two");
		this.caches.flush();
		assertThat(this.caches.cache("notes")).hasStoreCalls(1).hasWrittenRows(1);
	}

	@Test
	void deleteIsPending() {
		this.notes.writeNow(new Note("c", "one"));
		assertThat(this.caches.cache("notes")).hasStoreCalls(1).hasWrittenRows(1);
		this.notes.delete("c");
		assertThat(this.caches.cache("notes")).hasPendingDelete("c");
		assertThat(this.repository.existsById("c")).isTrue();
		this.caches.flush();
		assertThat(this.repository.existsById("c")).isFalse();
		assertThat(this.caches.cache("notes")).hasStoreCalls(2).hasWrittenRows(2);
	}

	@Test
	void manyWritesArePending() {
		for (int i = 0; i < 20_000; i++) {
			this.caches.cache("texts").getCache().put((long) i, "text");
		}
		assertThat(this.caches.cache("texts").getCache().pendingWrites()).isEqualTo(20_000);
		assertThat(this.caches.cache("texts")).hasStoreCalls(0);
	}

	@Test
	void startOfApplicationIsFlushed() {
		assertThat(this.repository.findById(NoteApplication.WELCOME)).isPresent();
	}

	@Nested
	@AutoConfigureCachePolicy(flushOnDemand = false)
	class AsConfigured {

		@Test
		void writeIsFlushedByItself() {
			FlushOnDemandTests.this.notes.write(new Note("a", "one"));
			Awaitility.await()
				.untilAsserted(() -> assertThat(FlushOnDemandTests.this.repository.existsById("a")).isTrue());
		}

	}

}
