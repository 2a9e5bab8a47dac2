package io.cachepolicy.sample.demo;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import io.cachepolicy.sample.PolicyNames;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real browser.
 */
class PageTests extends AbstractPageTests {

	private static final int NARROW = 390;

	private static final String FOCUS = """
			const focused = document.activeElement;
			return focused === document.body || getComputedStyle(focused).outlineStyle === 'solid';
			""";

	@Autowired
	private Traffic traffic;

	@BeforeEach
	void open() {
		this.traffic.stop();
		prepare();
		readAll();
		browser.openDemo("http://localhost:%d/".formatted(this.port));
	}

	// What failed during an outage of another test is not cached any more
	private void readAll() {
		List<String> sensors = IntStream.range(0, Readings.SENSORS).mapToObj(Readings::sensor).toList();
		for (Lane lane : Lane.values()) {
			assertThat(this.readings.cache(lane).getAll(sensors)).hasSize(Readings.SENSORS);
		}
	}

	@Test
	void loadsWithoutErrorsAndFromThisHostOnly() {
		Browser.await().until(() -> browser.exists("#write-back canvas"));
		assertThat(browser.consoleErrors()).isEmpty();
		assertThat(browser.run("return document.getElementById('instances-item').checkVisibility()"))
			.as("the only instance")
			.isEqualTo(false);
		assertThat(browser.requests()).anyMatch((address) -> address.contains("/webjars/uplot/"))
			.allMatch((address) -> address.startsWith("http://localhost:%d/".formatted(this.port)));
	}

	@Test
	void burstCoalescesWritesOfWriteBackOnly() {
		browser.click("#burst");
		awaitResult("240 writes each, all accepted");
		Browser.await().untilAsserted(() -> {
			assertThat(browser.count("write-back", "rows")).isBetween(24L, 120L);
			assertThat(browser.count("write-back", "pending")).isZero();
			for (String policy : List.of("write-through", "write-around")) {
				assertThat(browser.count(policy, "rows")).isEqualTo(240);
			}
		});
		for (Lane lane : Lane.values()) {
			assertThat(browser.count(PolicyNames.of(this.readings.cache(lane)), "writes")).isEqualTo(240);
		}
		assertThat(browser.text("#write-through [data-value=verdict]")).isEqualTo("A row for every write");
		assertThat(browser.text("#write-back [data-value=verdict]")).endsWith("writes per row");
	}

	@Test
	void trafficGoesOnUntilItIsStopped() {
		browser.click("#traffic");
		awaitResult("20 writes and 40 reads per second");
		Browser.await().until(() -> browser.text("#traffic").equals("Stop the traffic"));
		Browser.await().until(() -> browser.count("write-back", "writes") > 20);
		browser.click("#traffic");
		awaitResult("The traffic has stopped");
		Browser.await().until(() -> browser.text("#traffic").equals("Steady traffic"));
	}

	@Test
	void pendingWritesGrowDuringAnOutageAndDrainAfterIt() {
		browser.click("#outage");
		Browser.await().until(() -> browser.text("#database").equals("Database is away"));
		browser.click("#burst");
		awaitResult("write-through: 240 writes failed, “The database is away”");
		assertThat(browser.text("#result")).contains("write-back accepted all of them");
		Browser.await().until(() -> browser.count("write-back", "pending") == 24);
		browser.click("#burst");
		Browser.await().until(() -> browser.count("write-back", "pending") == 48);
		assertThat(browser.count("write-back", "rows")).isZero();
		assertThat(browser.count("write-back", "failedWrites")).isZero();
		assertThat(browser.count("write-back", "failedReads")).isZero();
		assertThat(browser.count("write-through", "writes")).isZero();
		Browser.await().until(() -> browser.count("write-through", "failedWrites") == 480);
		// Of the sensors whose write failed; all others are read from the cache
		assertThat(browser.count("write-through", "failedReads")).isEqualTo(480);
		browser.click("#outage");
		Browser.await().until(() -> browser.text("#database").equals("Database is there"));
		Browser.await().until(() -> browser.count("write-back", "pending") == 0);
		Browser.await().until(() -> browser.count("write-back", "rows") == 48);
	}

	@Test
	void deadLetterIsReplayedOnceTheConstraintIsLifted() {
		String letter = poison();
		browser.click("#letters .replay");
		awaitResult("it will be refused again");
		// The replay supersedes the dead letter; being refused makes another one
		Browser.await().until(() -> !browser.exists("#letters li[data-id='%s']".formatted(letter)));
		Browser.await().until(() -> browser.exists("#letters li"));
		browser.click("#limit");
		awaitResult("The constraint is lifted");
		Browser.await().until(() -> browser.text("#limit").equals("Impose the constraint again"));
		long rows = browser.count("write-back", "rows");
		browser.click("#letters .replay");
		awaitResult("will be stored by the next flush");
		Browser.await().until(() -> !browser.exists("#letters li"));
		Browser.await().until(() -> browser.count("write-back", "rows") == rows + 1);
		assertThat(browser.count("write-back", "pending")).isZero();
	}

	@Test
	void deadLetterIsDiscarded() {
		poison();
		long rows = browser.count("write-back", "rows");
		browser.click("#letters .discard");
		awaitResult("is discarded");
		Browser.await().until(() -> !browser.exists("#letters li"));
		assertThat(browser.count("write-back", "pending")).isZero();
		assertThat(browser.count("write-back", "rows")).isEqualTo(rows);
	}

	private String poison() {
		browser.click("#poison");
		awaitResult("write-back accepted oven-");
		assertThat(browser.text("#result")).contains("write-through told the caller “The table takes 150 °C at most”");
		assertThat(browser.text("#limit-hint")).contains("refused again until the constraint is lifted");
		Browser.await().until(() -> browser.exists("#letters li"));
		return (String) browser.run("return document.querySelector('#letters li').dataset.id");
	}

	@Test
	void priceUpdateEvictsThePageOfItsCategoryAndTheCatalogue() {
		browser.click("#read-pages");
		awaitPages("in the cache", "in the cache", "in the cache");
		browser.click("#reprice");
		awaitPages("not in the cache", "in the cache", "not in the cache");
		assertThat(browser.text("#pages-result")).contains("costs").contains("tea stays");
		browser.click("#read-pages");
		awaitPages("in the cache", "in the cache", "in the cache");
	}

	private void awaitPages(String coffee, String tea, String catalogue) {
		Browser.await().untilAsserted(() -> {
			assertThat(browser.text("#page-coffee .badge")).isEqualTo(coffee);
			assertThat(browser.text("#page-tea .badge")).isEqualTo(tea);
			assertThat(browser.text("#page-catalogue .badge")).isEqualTo(catalogue);
		});
	}

	@Test
	void everyButtonIsReachedByTabAndPressedByEnter() {
		poison();
		Set<String> buttons = new LinkedHashSet<>(buttons());
		assertThat(buttons).contains("burst", "traffic", "outage", "poison", "reset", "limit", "read-pages", "reprice",
				"small replay", "small discard");
		browser.run("document.activeElement.blur(); window.getSelection().collapse(document.body, 0)");
		List<String> reached = new ArrayList<>();
		while (!reached.containsAll(buttons)) {
			browser.press(Keys.TAB);
			reached.add((String) browser.run(
					"return document.activeElement.id || document.activeElement.className || document.activeElement.href"));
			assertThat(reached).as("Tab does not go round in circles").hasSizeLessThan(40);
			assertThat(browser.run(FOCUS)).as(reached::toString).isEqualTo(true);
		}
		enter("burst", "#result", "240 writes each");
		enter("traffic", "#result", "20 writes");
		enter("outage", "#result", "refuses connections");
		Browser.await().until(() -> browser.text("#outage").equals("Database back"));
		enter("outage", "#result", "The database is back");
		enter("reset", "#result", "Counting from zero");
		enter("limit", "#result", "The constraint is lifted");
		enter("read-pages", "#pages-result", "Read.");
		enter("reprice", "#pages-result", "costs");
		enter("poison", "#result", "accepted oven-");
		browser.run("document.querySelector('#letters .discard').focus()");
		browser.press(Keys.ENTER);
		awaitResult("is discarded");
		Browser.await().until(() -> browser.run("return document.activeElement.id").equals("letters"));
	}

	private void enter(String button, String output, String result) {
		browser.run("document.getElementById(arguments[0]).focus()", button);
		browser.press(Keys.ENTER);
		Browser.await().until(() -> browser.text(output).contains(result));
		assertThat(browser.run("return document.activeElement.id")).isEqualTo(button);
	}

	@SuppressWarnings("unchecked")
	private List<String> buttons() {
		return (List<String>) browser
			.run("return [...document.querySelectorAll('button')].map((button) => button.id || button.className)");
	}

	@ParameterizedTest
	@ValueSource(ints = { NARROW, 768, WIDE })
	void nothingIsWiderThanTheScreen(int width) {
		poison();
		browser.resize(width);
		Browser.await().until(() -> browser.run("return innerWidth").equals((long) width));
		Browser.await().untilAsserted(() -> assertThat(browser.tooWide()).isEqualTo(List.of()));
		assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo((long) width);
	}

	@ParameterizedTest
	@CsvSource({ "light,1280", "light,390", "dark,1280", "dark,390" })
	void isReadableInBothThemes(String theme, int width) {
		browser.prefer("prefers-color-scheme", theme);
		browser.resize(width);
		browser.click("#read-pages");
		browser.click("#traffic");
		awaitResult("20 writes");
		Browser.await().until(() -> browser.count("write-back", "writes") > 60);
		browser.click("#outage");
		Browser.await().until(() -> browser.count("write-back", "pending") > 12);
		browser.click("#outage");
		browser.click("#burst");
		awaitResult("writes each");
		browser.click("#poison");
		Browser.await().until(() -> browser.exists("#letters li"));
		browser.click("#traffic");
		Browser.await().until(() -> browser.text("#traffic").equals("Steady traffic"));
		browser.run("document.activeElement.blur()");
		assertThat(browser.lowContrasts()).isEqualTo(List.of());
		assertThat(browser.run("return matchMedia('(prefers-color-scheme: dark)').matches"))
			.isEqualTo(theme.equals("dark"));
		browser.screenshot(theme + "-" + width);
		assertThat(browser.consoleErrors()).isEmpty();
	}

	@Test
	void numbersAreOpenedOnANarrowScreenAndAlwaysThereOnAWideOne() {
		assertThat(browser.run("return [...document.querySelectorAll('.more')].every((more) => more.open)"))
			.isEqualTo(true);
		browser.resize(NARROW);
		Browser.await()
			.until(() -> browser.run("return [...document.querySelectorAll('.more')].some((more) => more.open)")
				.equals(false));
		browser.click("#write-back summary");
		assertThat(browser.run("return document.querySelector('#write-back .numbers').checkVisibility()"))
			.isEqualTo(true);
		browser.resize(WIDE);
		Browser.await()
			.until(() -> browser.run("return [...document.querySelectorAll('.more')].every((more) => more.open)")
				.equals(true));
	}

	private static void awaitResult(String text) {
		Browser.await().untilAsserted(() -> assertThat(browser.text("#result")).contains(text));
	}

}
