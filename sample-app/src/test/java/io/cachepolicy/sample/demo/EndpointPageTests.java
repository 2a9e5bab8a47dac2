package io.cachepolicy.sample.demo;

import java.time.Duration;
import java.util.List;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of the endpoint {@code cachepolicies} in a real browser, under the content
 * security policy of the sample.
 */
class EndpointPageTests extends AbstractPageTests {

	private static final String ROW = "tr[data-cache=readings-back]";

	@Autowired
	private PolicyCacheManager caches;

	@BeforeEach
	void open() {
		prepare();
		browser.open("http://localhost:%d/actuator/cachepolicies".formatted(this.port));
		Browser.await().until(() -> browser.exists(ROW));
	}

	private PolicyCache cache() {
		return this.readings.cache(Lane.WRITE_BACK);
	}

	private void poison(String sensor) {
		cache().put(sensor, new BackReading(sensor, 999, 1));
		cache().flush(Duration.ofSeconds(30));
		assertThat(cache().deadLetters()).isNotEmpty();
		Browser.await().until(() -> browser.exists(ROW + " button[aria-label='Dead letters of readings-back']"));
		browser.click(ROW + " button[aria-label='Dead letters of readings-back']");
		Browser.await().until(() -> browser.exists("#letters tbody tr"));
	}

	@Test
	void cachesAreShown() {
		this.caches.getCacheNames()
			.forEach((name) -> assertThat(browser.exists("tr[data-cache='%s']".formatted(name))).as(name).isTrue());
		assertThat(browser.text(ROW)).contains("write-back").contains("of 100,000").contains("available");
		assertThat(browser.consoleErrors()).isEmpty();
		assertThat(browser.requests())
			.allMatch((address) -> address.startsWith("http://localhost:%d/".formatted(this.port)));
	}

	@Test
	void pendingWritesOfAnOutageAreShownAndFlushed() {
		this.database.setAway(true);
		cache().put("oven-1", new BackReading("oven-1", 20, 1));
		Browser.await().until(() -> browser.text(ROW).contains("away for"));
		assertThat(browser.text(ROW)).contains("1 of 100,000").contains("SQLSTATE 08006");
		this.database.setAway(false);
		browser.run("document.querySelector(`%s button[aria-label='Flush readings-back']`)?.click()".formatted(ROW));
		Browser.await().until(() -> browser.text(ROW).contains("0 of 100,000"));
		assertThat(cache().pendingWrites()).isZero();
	}

	@Test
	void deadLettersAreReplayedAndDiscarded() {
		poison("<img src=x onerror=alert(1)>");
		assertThat(browser.text("#letters tbody th")).isEqualTo("<img src=x onerror=alert(1)>");
		assertThat(browser.text("#letters tbody")).contains("refused").contains("SQLSTATE 23513").doesNotContain("999");
		this.limit.lift();
		browser.click("#letters tbody button");
		Browser.await().until(() -> browser.text("#status").endsWith("is pending again"));
		Browser.await().until(() -> cache().deadLetters().isEmpty() && cache().pendingWrites() == 0);
		this.limit.impose();
		poison("oven-2");
		browser.click("#letters tbody button[aria-label='Discard the write of oven-2']");
		browser.confirm();
		Browser.await().until(() -> browser.text("#status").equals("The write of oven-2 is discarded"));
		assertThat(cache().deadLetters()).isEmpty();
		poison("oven-3");
		this.limit.lift();
		browser.click("#replay-all");
		Browser.await().until(() -> browser.text("#status").startsWith("1 writes are pending again"));
		Browser.await().until(() -> cache().deadLetters().isEmpty() && cache().pendingWrites() == 0);
		assertThat(browser.consoleErrors()).isEmpty();
	}

	@Test
	void buttonsWorkByKeyboardAndKeepTheFocus() {
		poison("oven-4");
		Browser.await().until(() -> browser.run("return document.activeElement.id").equals("letters-title"));
		browser.press(Keys.TAB);
		assertThat(browser.run("return document.activeElement.id")).isEqualTo("replay-all");
		browser.press(Keys.TAB, Keys.TAB);
		assertThat(browser.run("return document.activeElement.getAttribute('aria-label')"))
			.isEqualTo("Replay the write of oven-4");
		assertThat(browser.run("return getComputedStyle(document.activeElement).outlineStyle")).isEqualTo("solid");
		// Rows are made anew where they differ
		browser.run("window.old = document.activeElement");
		cache().put("oven-6", new BackReading("oven-6", 999, 1));
		cache().flush(Duration.ofSeconds(30));
		Browser.await().until(() -> browser.run("return !window.old.isConnected").equals(true));
		assertThat(browser.run("return document.activeElement.getAttribute('aria-label')"))
			.isEqualTo("Replay the write of oven-4");
	}

	@ParameterizedTest
	@CsvSource({ "light,1280", "light,390", "dark,1280", "dark,390" })
	void isReadableInBothThemes(String theme, int width) {
		browser.prefer("prefers-color-scheme", theme);
		browser.resize(width);
		poison("oven-5");
		browser.run("document.activeElement.blur()");
		assertThat(browser.lowContrasts()).isEqualTo(List.of());
		assertThat(browser.tooWide()).isEqualTo(List.of());
		browser.screenshot("endpoint-" + theme + "-" + width);
	}

}
