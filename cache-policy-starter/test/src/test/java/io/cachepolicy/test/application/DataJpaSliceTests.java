package io.cachepolicy.test.application;

import io.cachepolicy.test.CachePolicyTester;
import io.cachepolicy.test.autoconfigure.AutoConfigureCachePolicy;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.transaction.TestTransaction;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Caches in a {@link DataJpaTest}, whose transaction is rolled back.
 */
@DataJpaTest
@AutoConfigureCachePolicy
@Import({ NoteService.class, TextStore.class })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DataJpaSliceTests {

	@Autowired
	private CachePolicyTester caches;

	@Autowired
	private NoteService notes;

	@Autowired
	private NoteRepository repository;

	@Test
	@Order(1)
	void writeIsPendingAfterCommitOnly() {
		this.notes.write(new Note("a", "one"));
		assertThat(this.notes.find("a")).isPresent();
		assertThat(this.caches.cache("notes")).hasNoPendingWrites();
		assertThatIllegalStateException().isThrownBy(this.caches::flush)
			.withMessageContaining("after the commit only")
			.withMessageContaining("TestTransaction.end()");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.caches.cache("notes")).hasPendingWrites("a"))
			.withMessageContaining("after the commit only");
		TestTransaction.flagForCommit();
		TestTransaction.end();
		assertThat(this.caches.cache("notes")).hasOnlyPendingWrites("a");
	}

	@Test
	@Order(2)
	void pendingWriteOfOtherTestIsDropped() {
		assertThat(this.caches.cache("notes")).hasNoPendingWrites();
		assertThat(this.notes.find("a")).isEmpty();
		this.notes.write(new Note("b", "rolled back"));
	}

	@Test
	@Order(3)
	@Transactional(propagation = Propagation.NOT_SUPPORTED)
	void rolledBackWriteIsGone() {
		assertThat(this.caches.cache("notes")).hasNoPendingWrites();
		assertThat(this.notes.find("b")).isEmpty();
		this.notes.write(new Note("c", "one"));
		assertThat(this.caches.cache("notes")).hasPendingWrites("c");
		this.caches.flush();
		assertThat(this.repository.findById("c")).isPresent();
		this.repository.deleteById("c");
	}

}
