package io.cachepolicy.autoconfigure;

import java.util.Map;

import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link WriteContexts}, {@link WriteContextConfiguration},
 * {@link DecoratorContextCapture} and {@link ContextualAction}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WriteContextsTests {

	private static final ThreadLocal<@Nullable String> auditor = new ThreadLocal<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(WriteContextConfiguration.class);

	private final FlushingThread thread = new FlushingThread();

	@AfterEach
	void clear() {
		MDC.clear();
		auditor.remove();
		this.thread.close();
		ContextRegistry.getInstance().removeThreadLocalAccessor("test.auditor");
	}

	@Test
	void captureWhenNothingCarriesIsNull() {
		MDC.put("request", "r1");
		this.runner.run((context) -> assertThat(capture(context)).isNull());
	}

	@Test
	void captureWhenContextPropagationIsAbsentIsNull() {
		registerAuditor();
		auditor.set("ada");
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer.context"))
			.run((context) -> assertThat(capture(context)).isNull());
	}

	@Test
	void captureTakesWhatIsRegistered() {
		registerAuditor();
		auditor.set("ada");
		this.runner.run((context) -> {
			WriteContext captured = capture(context);
			assertThat(captured).isNotNull().isEqualTo(capture(context));
			assertThat(this.thread.call(captured, auditor::get)).isEqualTo("ada");
		});
	}

	@Test
	void captureUsesFactoryOfApplication() {
		auditor.set("ada");
		this.runner.withUserConfiguration(FactoryConfiguration.class)
			.run((context) -> assertThat(this.thread.call(capture(context), auditor::get)).isEqualTo("ada"));
	}

	@Test
	void captureTakesSpringsDecoratorForWhatIsRegistered() {
		registerAuditor();
		auditor.set("ada");
		this.runner.withBean(ContextPropagatingTaskDecorator.class)
			.run((context) -> assertThat(capture(context)).isNotNull().isEqualTo(capture(context)));
	}

	@Test
	void captureDecoratesInOrder(CapturedOutput output) {
		MDC.put("request", "r1");
		this.runner.withUserConfiguration(DecoratorsConfiguration.class).run((context) -> {
			WriteContext captured = capture(context);
			assertThat(captured).isNotNull().isEqualTo(captured).isNotEqualTo(capture(context));
			assertThat(this.thread.call(captured, () -> MDC.get("request"))).isEqualTo("r1 inner");
			assertThat(this.thread.call(captured, () -> MDC.get("request"))).isEqualTo("r1 inner");
			assertThat(this.thread.call(null, MDC::getCopyOfContextMap)).isNullOrEmpty();
			assertThat(output).contains("carry what task decorators capture");
		});
	}

	@Test
	void captureWhenDecoratorCarriesNothingIsNull() {
		this.runner.withBean(TaskDecorator.class, () -> (task) -> task)
			.run((context) -> assertThat(capture(context)).isNull());
	}

	@Test
	void captureTakesWhatIsRegisteredAndWhatDecoratorsCarry() {
		registerAuditor();
		auditor.set("ada");
		MDC.put("request", "r1");
		this.runner.withUserConfiguration(DecoratorsConfiguration.class)
			.run((context) -> assertThat(
					this.thread.call(capture(context), () -> auditor.get() + " " + MDC.get("request")))
				.isEqualTo("ada r1 inner"));
	}

	@Test
	void captureWhenDecoratorFailsLogsAndTakesOthers(CapturedOutput output) {
		registerAuditor();
		auditor.set("ada");
		this.runner.withBean(TaskDecorator.class, () -> (task) -> {
			throw new IllegalStateException("decorator failed");
		}).run((context) -> {
			assertThat(this.thread.call(capture(context), auditor::get)).isEqualTo("ada");
			assertThat(output).contains("could not be captured").contains("decorator failed");
		});
	}

	@Test
	void captureWhenDecoratorCannotBeCreatedLogs(CapturedOutput output) {
		this.runner.withUserConfiguration(BrokenConfiguration.class).run((context) -> {
			assertThat(capture(context)).isNull();
			assertThat(output).contains("could not be captured").contains("broken");
		});
	}

	@Test
	void runWhenDecoratorSwallowsFailureThrowsIt() {
		WriteContext context = decorated((task) -> () -> {
			try {
				task.run();
			}
			catch (RuntimeException ex) {
				MDC.put("swallowed", ex.getMessage());
			}
		});
		assertThatIllegalStateException().isThrownBy(() -> context.run(() -> {
			throw new IllegalStateException("refused");
		})).withMessage("refused");
		assertThat(MDC.get("swallowed")).isEqualTo("refused");
	}

	@Test
	void runWhenDecoratorFailsBeforehandThrows() {
		WriteContext context = decorated((task) -> () -> {
			throw new IllegalStateException("decorator failed");
		});
		assertThatIllegalStateException().isThrownBy(() -> context.run(() -> MDC.put("ran", "true")))
			.withMessage("decorator failed");
		assertThat(MDC.get("ran")).isNull();
	}

	@Test
	void runWhenDecoratorFailsAfterwardsLogs(CapturedOutput output) {
		WriteContext context = decorated((task) -> () -> {
			task.run();
			throw new IllegalStateException("decorator failed");
		});
		context.run(() -> MDC.put("ran", "true"));
		assertThat(MDC.get("ran")).isEqualTo("true");
		assertThat(output).contains("could not be removed").contains("decorator failed");
	}

	@Test
	void runWhenDecoratorDoesNotRunTaskThrows() {
		WriteContext context = decorated((task) -> () -> MDC.put("ran", "false"));
		assertThatIllegalStateException().isThrownBy(() -> context.run(() -> MDC.put("ran", "true")))
			.withMessageContaining("does not run its flush");
		assertThat(MDC.get("ran")).isEqualTo("false");
	}

	private static void registerAuditor() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("test.auditor", auditor);
	}

	private static @Nullable WriteContext capture(BeanFactory beans) {
		return new WriteContexts(beans.getBeanProvider(WriteContextCapture.class),
				beans.getBeanProvider(TaskDecorator.class))
			.capture();
	}

	private static WriteContext decorated(TaskDecorator decorator) {
		WriteContext context = new DecoratorContextCapture(decorator).capture();
		assertThat(context).isNotNull();
		return context;
	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryConfiguration {

		@Bean
		ContextSnapshotFactory contextSnapshotFactory() {
			return ContextSnapshotFactory.builder()
				.contextRegistry(new ContextRegistry().registerThreadLocalAccessor("own.auditor", auditor))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DecoratorsConfiguration {

		/**
		 * As executors do, the first one is the innermost.
		 */
		@Bean
		@Order(1)
		TaskDecorator inner() {
			return (task) -> () -> {
				MDC.put("request", MDC.get("request") + " inner");
				task.run();
			};
		}

		@Bean
		@Order(2)
		TaskDecorator outer() {
			return (task) -> {
				Map<String, String> captured = MDC.getCopyOfContextMap();
				return () -> {
					MDC.setContextMap(captured);
					try {
						task.run();
					}
					finally {
						MDC.clear();
					}
				};
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BrokenConfiguration {

		@Bean
		@Lazy
		TaskDecorator broken() {
			throw new IllegalStateException("broken");
		}

	}

}
