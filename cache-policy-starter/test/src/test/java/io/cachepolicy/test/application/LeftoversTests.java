package io.cachepolicy.test.application;

import java.time.Duration;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.test.CachePolicyTester;
import io.cachepolicy.test.autoconfigure.AutoConfigureCachePolicy;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a test leaves behind does not reach the next one.
 */
@SpringBootTest
@AutoConfigureCachePolicy
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeftoversTests {

	@Autowired
	private CachePolicyTester caches;

	@Autowired
	private NoteService notes;

	@Autowired
	private JdbcTemplate jdbc;

	@Test
	@Order(1)
	void leaveMuch() {
		this.notes.writeNow(new Note("cached", "one"));
		this.notes.write(new Note("refused", null));
		PolicyCache cache = this.caches.cache("notes").getCache();
		assertThat(cache.flush(Duration.ofSeconds(10)).failed()).isOne();
		this.notes.write(new Note("pending", "one"));
		this.notes.delete(NoteApplication.WELCOME);
		assertThat(this.caches.cache("notes")).hasOnlyPendingWrites("pending", NoteApplication.WELCOME)
			.hasDeadLetter("refused")
			.hasWrittenRows(1);
		this.jdbc.update("delete from note where id = 'cached'");
		assertThat(this.notes.find("cached")).isPresent();
	}

	@Test
	@Order(2)
	void findNothing() {
		assertThat(this.caches.cache("notes")).hasNoPendingWrites()
			.hasNoDeadLetters()
			.hasStoreCalls(0)
			.hasWrittenRows(0);
		assertThat(this.notes.find("pending")).isEmpty();
		assertThat(this.notes.find("cached")).isEmpty();
		assertThat(this.notes.find(NoteApplication.WELCOME)).isPresent();
		assertThat(this.caches.flush().written()).isZero();
		assertThat(this.jdbc.queryForList("select id from note", String.class)).contains(NoteApplication.WELCOME)
			.doesNotContain("pending");
	}

}
