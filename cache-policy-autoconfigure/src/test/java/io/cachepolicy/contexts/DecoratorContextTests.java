package io.cachepolicy.contexts;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;

/**
 * {@link AbstractContextTests} with a {@link TaskDecorator}.
 */
class DecoratorContextTests extends AbstractContextTests {

	@Override
	Class<?>[] configurations() {
		return new Class<?>[] { DecoratorConfiguration.class };
	}

	@Configuration(proxyBeanMethods = false)
	static class DecoratorConfiguration {

		@Bean
		TaskDecorator userDecorator() {
			return (task) -> {
				String user = ContextApplication.USER.get();
				return () -> {
					ContextApplication.USER.set(user);
					try {
						task.run();
					}
					finally {
						ContextApplication.USER.remove();
					}
				};
			};
		}

	}

}
