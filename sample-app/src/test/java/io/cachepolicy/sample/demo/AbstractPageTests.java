package io.cachepolicy.sample.demo;

import java.time.Duration;

import io.cachepolicy.PolicyCache;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base of tests of pages in a real browser.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = AbstractPageTests.DATABASE)
@ExtendWith(BrowserCondition.class)
abstract class AbstractPageTests {

	// Not that of the other tests, whose application may still live
	static final String DATABASE = "spring.datasource.url=jdbc:h2:mem:page;DB_CLOSE_ON_EXIT=FALSE;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE";

	static final int WIDE = 1280;

	static Browser browser;

	@Autowired
	Readings readings;

	@Autowired
	Database database;

	@Autowired
	TableLimit limit;

	@LocalServerPort
	int port;

	@BeforeAll
	static void startBrowser() {
		browser = new Browser();
	}

	@AfterAll
	static void stopBrowser() {
		browser.close();
	}

	/**
	 * Undo what an earlier test did.
	 */
	void prepare() {
		this.database.setAway(false);
		this.readings.prepare();
		this.limit.impose();
		PolicyCache cache = this.readings.cache(Lane.WRITE_BACK);
		assertThat(cache.flush(Duration.ofSeconds(30)).remaining()).isZero();
		cache.deadLetters().forEach(cache::discard);
		browser.prefer("prefers-color-scheme", "light");
		browser.resize(WIDE);
	}

}
