package io.cachepolicy.sample.demo;

import java.util.List;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.sample.AbstractSampleTests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

class DemoTests extends AbstractSampleTests {

	@Autowired
	private Readings readings;

	@Autowired
	private Database database;

	private PolicyCache writeBack;

	@BeforeEach
	void prepare() {
		this.readings.prepare();
		this.writeBack = this.readings.cache(Lane.WRITE_BACK);
	}

	@AfterEach
	void mend() {
		this.database.setAway(false);
		assertThat(post("/demo/limit")).hasStatus(HttpStatus.NO_CONTENT);
		this.writeBack.deadLetters().forEach(this.writeBack::discard);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/index.html", "/demo/page.js", "/demo/page.css", "/webjars/uplot/dist/uPlot.esm.js",
			"/webjars/uplot/dist/uPlot.min.css" })
	void pageIsServedByTheApplication(String path) {
		assertThat(get(path)).hasStatusOk();
	}

	@Test
	void rowsAreThoseOfTheTables() {
		long through = this.database.rowsWritten("through_reading");
		long back = this.database.rowsWritten("back_reading");
		assertThat(post("/demo/bursts")).bodyJson().extractingPath("$[*].writes").isEqualTo(List.of(240, 240, 240));
		assertThat(this.database.rowsWritten("through_reading") - through).isEqualTo(240);
		Awaitility.await().until(() -> this.writeBack.pendingWrites() == 0);
		assertThat(this.database.rowsWritten("back_reading") - back).isBetween(24L, 120L);
		// Other tests may have written more under one policy, during an outage
		assertThat(rowsOf("through_reading")).hasSizeGreaterThanOrEqualTo(24);
		assertThat(rowsOf("back_reading")).containsAll(rowsOf("through_reading"));
	}

	private List<String> rowsOf(String table) {
		return this.jdbc.sql("select sensor from %s where number > 0 order by sensor".formatted(table))
			.query(String.class)
			.list();
	}

	@Test
	void callersOfWriteBackDoNotNoticeAnOutage() {
		assertThat(post("/demo/outage")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(post("/demo/bursts")).bodyJson().extractingPath("$[*].failed").isEqualTo(List.of(240, 0, 240));
		assertThat(this.writeBack.pendingWrites()).isEqualTo(24);
		assertThat(get("/accounts/3")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(post("/demo/limit")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(delete("/demo/outage")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(get("/accounts/3")).hasStatusOk();
		Awaitility.await().until(() -> this.writeBack.pendingWrites() == 0);
		assertThat(this.writeBack.deadLetters()).isEmpty();
	}

	@Test
	void poisonedRowIsStoredByAReplayOnceTheLimitIsLifted() {
		assertThat(post("/demo/poison")).bodyJson()
			.extractingPath("$[?(@.error == null)].policy")
			.isEqualTo(List.of("write-back"));
		DeadLetter letter = awaitDeadLetter();
		assertThat(delete("/demo/limit")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(post("/demo/dead-letters/%d/replay".formatted(letter.id()))).hasStatus(HttpStatus.NO_CONTENT);
		Awaitility.await().until(() -> this.writeBack.pendingWrites() == 0);
		assertThat(celsius(letter.key())).containsExactly(999.0);
		assertThat(this.writeBack.deadLetters()).isEmpty();
		assertThat(post("/demo/dead-letters/%d/replay".formatted(letter.id()))).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(post("/demo/limit")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(celsius(letter.key())).isEmpty();
		assertThat(this.writeBack.get(letter.key())).isNull();
	}

	@Test
	void poisonedRowIsDiscarded() {
		assertThat(post("/demo/poison")).hasStatusOk();
		DeadLetter letter = awaitDeadLetter();
		assertThat(delete("/demo/dead-letters/" + letter.id())).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(this.writeBack.deadLetters()).isEmpty();
		assertThat(celsius(letter.key())).isEmpty();
		assertThat(delete("/demo/dead-letters/" + letter.id())).hasStatus(HttpStatus.NOT_FOUND);
	}

	private DeadLetter awaitDeadLetter() {
		return Awaitility.await().until(this.writeBack::deadLetters, (letters) -> !letters.isEmpty()).get(0);
	}

	private List<Double> celsius(Object sensor) {
		return this.jdbc.sql("select celsius from back_reading where sensor = :sensor")
			.param("sensor", sensor)
			.query(Double.class)
			.list();
	}

	@Test
	void trafficIsRefusedWhenNobodyWatches() {
		assertThat(post("/demo/traffic")).hasStatus(HttpStatus.CONFLICT);
	}

}
