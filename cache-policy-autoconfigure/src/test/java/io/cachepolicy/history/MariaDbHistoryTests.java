package io.cachepolicy.history;

import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@link HistoryTests} on MariaDB, whose transactions see what was committed at their
 * first read.
 */
@RequiresMariaDb
class MariaDbHistoryTests extends HistoryTests {

	@Override
	ConfigurableApplicationContext startApplication() {
		return HistoryApplication.start(MariaDb.createDatabase());
	}

}
