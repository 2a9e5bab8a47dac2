package io.cachepolicy.sample.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

import com.jayway.jsonpath.JsonPath;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A Chromium without a window.
 */
class Browser implements AutoCloseable {

	private static final int HEIGHT = 900;

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	private static final String CONTRASTS = """
			const luminance = (rgb) => rgb.slice(0, 3).map((part) => part / 255)
				.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
				.reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
			const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
			const ground = (element) => {
				const color = numbers(getComputedStyle(element).backgroundColor);
				return (color[3] === 0 && element.parentElement) ? ground(element.parentElement) : color;
			};
			return [...document.querySelectorAll('body *')]
				.filter((element) => element.checkVisibility() && !element.closest('svg')
					&& [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
				.map((element) => {
					const [low, high] = [luminance(numbers(getComputedStyle(element).color)), luminance(ground(element))]
						.sort((a, b) => a - b);
					return [element.outerHTML.slice(0, 80), (high + 0.05) / (low + 0.05)];
				})
				.filter(([, ratio]) => !(ratio >= 4.5))
				.map(([element, ratio]) => `${ratio.toFixed(2)} ${element}`);
			""";

	private static final String TOO_WIDE = """
			return [...document.querySelectorAll('body *')]
				.filter((element) => element.getBoundingClientRect().right > innerWidth && !element.closest('.plot > *, .scroll > *'))
				.map((element) => element.outerHTML.slice(0, 80));
			""";

	private final ChromeDriver driver;

	Browser() {
		ChromeDriverService service = new ChromeDriverService.Builder()
			.usingDriverExecutable(BrowserCondition.DRIVER.toFile())
			.usingAnyFreePort()
			.withSilent(true)
			.build();
		this.driver = new ChromeDriver(service, options());
	}

	private static ChromeOptions options() {
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		logs.enable(LogType.PERFORMANCE, Level.ALL);
		ChromeOptions options = new ChromeOptions();
		options.setBinary(BrowserCondition.BROWSER.toFile());
		// Without a sandbox, because containers run tests as root and have a small
		// /dev/shm
		options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars",
				"--disable-background-networking");
		options.setCapability("goog:loggingPrefs", logs);
		return options;
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
	}

	void open(String address) {
		// What an earlier page logged is not that of this one
		this.driver.manage().logs().get(LogType.BROWSER);
		this.driver.manage().logs().get(LogType.PERFORMANCE);
		this.driver.get(address);
	}

	void openDemo(String address) {
		open(address);
		await().until(() -> text("#live").equals("Live") && exists("#write-around"));
	}

	/**
	 * Answer the question that a page asks, and wait for it first.
	 */
	void confirm() {
		await().ignoreExceptions().untilAsserted(() -> this.driver.switchTo().alert().accept());
	}

	void click(String selector) {
		this.driver.findElement(By.cssSelector(selector)).click();
	}

	void press(CharSequence... keys) {
		this.driver.switchTo().activeElement().sendKeys(keys);
	}

	/**
	 * Return the text of an element, or an empty one if there is no such element.
	 */
	String text(String selector) {
		return (String) run("return document.querySelector(arguments[0])?.textContent.trim() ?? ''", selector);
	}

	boolean exists(String selector) {
		return (boolean) run("return document.querySelector(arguments[0]) != null", selector);
	}

	/**
	 * Return a count that is shown for a policy.
	 */
	long count(String policy, String value) {
		return Long.parseLong(text("#%s [data-value=%s]".formatted(policy, value)).replace(",", ""));
	}

	Object run(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	/**
	 * Return the elements whose text is hard to read on its ground.
	 */
	Object lowContrasts() {
		return run(CONTRASTS);
	}

	/**
	 * Return the elements that are wider than the screen, and in nothing that scrolls.
	 */
	Object tooWide() {
		return run(TOO_WIDE);
	}

	void resize(int width) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
	}

	void prefer(String feature, String value) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", feature, "value", value))));
	}

	List<String> consoleErrors() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().equals(Level.SEVERE))
			.map(LogEntry::toString)
			.toList();
	}

	/**
	 * Return the addresses that were asked for since the page was opened.
	 */
	List<String> requests() {
		return this.driver.manage()
			.logs()
			.get(LogType.PERFORMANCE)
			.getAll()
			.stream()
			.map(LogEntry::getMessage)
			.filter((message) -> message.contains("\"Network.requestWillBeSent\""))
			.map((message) -> JsonPath.<String>read(message, "$.message.params.request.url"))
			.toList();
	}

	void screenshot(String name) {
		Number height = (Number) run("return document.documentElement.scrollHeight");
		Number width = (Number) run("return innerWidth");
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of("width", width.intValue(), "height",
				height.intValue(), "deviceScaleFactor", 1, "mobile", false));
		try {
			Files.createDirectories(SCREENSHOTS);
			Files.write(SCREENSHOTS.resolve(name + ".png"), this.driver.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			resize(width.intValue());
		}
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
