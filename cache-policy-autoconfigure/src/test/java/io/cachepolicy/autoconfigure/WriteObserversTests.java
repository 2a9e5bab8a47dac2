package io.cachepolicy.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.WriteObserver;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WriteObservers}.
 */
class WriteObserversTests {

	private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

	private final WriteObservers observers = new WriteObservers(this.beans.getBeanProvider(WriteObserver.class));

	private final List<String> log = new ArrayList<>();

	@Test
	void callIsRunWhenThereIsNoObserver() {
		assertThat(observe()).isEqualTo("result");
		assertThat(this.log).containsExactly("call");
	}

	@Test
	void everyObserverIsAskedOnce() {
		this.beans.addBean("outer", new LoggingObserver("outer"));
		this.beans.addBean("inner", new LoggingObserver("inner"));
		assertThat(observe()).isEqualTo("result");
		assertThat(this.log).containsExactly("outer items 2", "inner items 2", "call", "inner ended", "outer ended");
	}

	private String observe() {
		return this.observers.observe("items", WritePolicy.WRITE_THROUGH, 2, () -> {
			this.log.add("call");
			return "result";
		});
	}

	private final class LoggingObserver implements WriteObserver {

		private final String name;

		LoggingObserver(String name) {
			this.name = name;
		}

		@Override
		public <T> T observe(String cacheName, WritePolicy policy, int rows, Supplier<T> call) {
			WriteObserversTests.this.log.add(this.name + " " + cacheName + " " + rows);
			T result = call.get();
			WriteObserversTests.this.log.add(this.name + " ended");
			return result;
		}

	}

}
