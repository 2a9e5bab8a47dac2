package io.cachepolicy.sample.sessions;

import java.time.OffsetDateTime;

import io.cachepolicy.sample.AbstractSampleTests;
import io.cachepolicy.test.CachePolicyTester;
import io.cachepolicy.test.autoconfigure.AutoConfigureCachePolicy;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

@AutoConfigureCachePolicy
class SessionTests extends AbstractSampleTests {

	@Autowired
	private SessionCleanup cleanup;

	@Autowired
	private CachePolicyTester tester;

	@Test
	void startIsReadAtOnceAndWrittenLater() {
		String session = start("ada");
		assertThat(get(session)).bodyJson().extractingPath("$.username").isEqualTo("ada");
		assertThat(this.tester.cache("sessions")).hasOnlyPendingWrites(id(session)).hasStoreCalls(0);
		assertThat(get(session + "/row")).hasStatus(HttpStatus.NOT_FOUND)
			.bodyJson()
			.extractingPath("$.detail")
			.asString()
			.startsWith("There is no row yet. Pending writes of 'sessions': ");
		this.tester.flush();
		assertThat(row(session)).containsEntry("username", "ada");
	}

	@Test
	void touchesAreCoalescedUntilFlush() {
		String session = start("ada");
		this.tester.flush();
		for (int i = 0; i < 10; i++) {
			assertThat(post(session + "/touch")).hasStatusOk();
		}
		assertThat(get(session)).bodyJson().extractingPath("$.requests").isEqualTo(10);
		assertThat(row(session)).containsEntry("requests", 0);
		this.tester.flush();
		assertThat(row(session)).containsEntry("requests", 10);
		assertThat(this.tester.cache("sessions")).hasWrittenRows(2);
	}

	@Test
	void attributesAreInTheRowAfterFlush() {
		String session = start("ada");
		assertThat(put(session + "/attributes", "{\"theme\": \"dark\"}")).hasStatusOk();
		assertThat(put(session + "/attributes", "{\"language\": \"en\"}")).hasStatusOk();
		assertThat(get(session)).bodyJson().extractingPath("$.attributes.theme").isEqualTo("dark");
		this.tester.flush();
		assertThat((String) row(session).get("attributes")).contains("theme", "dark", "language", "en");
	}

	@Test
	void endReadsAsAbsentAtOnceAndDeletesRowOnFlush() {
		String session = start("ada");
		this.tester.flush();
		assertThat(delete(session)).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(this.tester.cache("sessions")).hasPendingDelete(id(session));
		assertThat(get(session)).hasStatus(HttpStatus.NOT_FOUND);
		this.tester.flush();
		assertThat(get(session + "/row")).hasStatus(HttpStatus.NOT_FOUND);
	}

	@Test
	void cleanupEndsExpiredSessionsOnly() {
		String expired = start("ada");
		String touched = start("grace");
		this.tester.flush();
		expireRow(expired);
		expireRow(touched);
		this.caches.getCache("sessions").evict(id(expired));
		this.cleanup.endExpired();
		this.tester.flush();
		assertThat(get(expired + "/row")).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(get(touched + "/row")).hasStatusOk();
	}

	private void expireRow(String session) {
		this.jdbc.sql("update web_session set expires_at = :now where id = :id")
			.param("now", OffsetDateTime.now().minusSeconds(1))
			.param("id", id(session))
			.update();
	}

	private String start(String username) {
		String id = read(post("/sessions", "{\"username\": \"%s\"}".formatted(username)), "$.id");
		return "/sessions/" + id;
	}

	private static String id(String session) {
		return session.substring("/sessions/".length());
	}

}
