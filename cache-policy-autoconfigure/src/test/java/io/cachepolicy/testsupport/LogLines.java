package io.cachepolicy.testsupport;

import java.util.List;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Collects what a class logs while a test runs, instead of showing it.
 */
public final class LogLines implements BeforeEachCallback, AfterEachCallback {

	private final Logger logger;

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	/**
	 * Create an extension.
	 * @param source the class that logs
	 */
	public LogLines(Class<?> source) {
		this.logger = (Logger) LoggerFactory.getLogger(source);
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		this.lines.start();
		this.logger.addAppender(this.lines);
		this.logger.setAdditive(false);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.logger.setAdditive(true);
		this.logger.detachAppender(this.lines);
	}

	/**
	 * Return what was logged.
	 * @return the lines so far
	 */
	public List<ILoggingEvent> list() {
		return this.lines.list;
	}

}
