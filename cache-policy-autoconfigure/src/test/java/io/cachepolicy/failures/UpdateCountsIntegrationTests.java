package io.cachepolicy.failures;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import io.cachepolicy.testsupport.Postgres;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A driver that does not say what a batch changed.
 */
@ExtendWith(OutputCaptureExtension.class)
class UpdateCountsIntegrationTests extends AbstractFailuresTests {

	private static final String WARNING = "does not say how many rows a statement of a batch changed";

	@ParameterizedTest
	@ValueSource(strings = { "auto", "merge" })
	@DisplayName("J3: conflicts are noticed though the driver has no update counts, of which the start warns")
	void conflictsWithoutUpdateCounts(String mode, CapturedOutput output) {
		startWithoutUpdateCounts("cache-policy.defaults.write-back.store-mode=" + mode);
		assertConflictsAreNoticed();
		assertThat(output).containsOnlyOnce(WARNING);
	}

	@Test
	@DisplayName("J4: a driver with update counts is not warned of")
	void noWarningWithUpdateCounts(CapturedOutput output) {
		start(List.of(), "logging.level.io.cachepolicy=warn");
		assertThat(cache("gauges").pendingWrites()).isZero();
		assertThat(output).doesNotContain(WARNING);
	}

	private void startWithoutUpdateCounts(String property) {
		startOn(Postgres.createDatabase(),
				(context) -> context.registerBean(BeanPostProcessor.class, () -> new Uncounted()),
				"logging.level.io.cachepolicy=warn", property, "cache-policy.defaults.write-back.flush-interval=1h");
	}

	/**
	 * Takes the update counts of batches away.
	 */
	private static final class Uncounted implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			return (bean instanceof DataSource dataSource) ? wrap(DataSource.class, dataSource) : bean;
		}

		private static <T> T wrap(Class<T> type, T target) {
			return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> {
						Object result;
						try {
							result = method.invoke(target, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
						if (result instanceof int[] counts && method.getName().equals("executeBatch")) {
							Arrays.fill(counts, Statement.SUCCESS_NO_INFO);
						}
						if (result instanceof PreparedStatement statement) {
							return wrap(PreparedStatement.class, statement);
						}
						return (result instanceof Connection connection) ? wrap(Connection.class, connection) : result;
					}));
		}

	}

}
