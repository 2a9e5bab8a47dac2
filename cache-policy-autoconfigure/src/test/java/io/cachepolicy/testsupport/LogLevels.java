package io.cachepolicy.testsupport;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Gives each test class the same log levels: an application that a test started before
 * may have changed them for the whole JVM.
 */
public final class LogLevels implements BeforeAllCallback {

	@Override
	public void beforeAll(ExtensionContext context) {
		if (LoggerFactory.getILoggerFactory() instanceof LoggerContext loggers) {
			loggers.getLoggerList().forEach(LogLevels::reset);
		}
	}

	private static void reset(Logger logger) {
		logger.setLevel(Logger.ROOT_LOGGER_NAME.equals(logger.getName()) ? Level.INFO : null);
	}

}
