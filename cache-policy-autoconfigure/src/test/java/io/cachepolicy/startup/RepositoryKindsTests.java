package io.cachepolicy.startup;

import java.util.function.Consumer;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Repositories of many kinds, in an application that was not processed ahead of time.
 */
class RepositoryKindsTests extends AbstractStartupTests {

	private void run(String policy, Consumer<RepositoryKinds> check) {
		try (ConfigurableApplicationContext context = RepositoryKinds.start(builder(), this.database, policy)) {
			check.accept(new RepositoryKinds(context, this.database));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "write-through", "write-back" })
	@DisplayName("queries and fragments ask the store and are followed, default methods call what is cached")
	void queriesDefaultMethodsAndFragments(String policy) {
		run(policy, RepositoryKinds::queriesDefaultMethodsAndFragments);
	}

	@ParameterizedTest
	@ValueSource(strings = { "write-through", "write-back" })
	@DisplayName("a fragment's own save and findById are called each time, and store what the cache stores")
	void fragmentsThatReplaceMethods(String policy) {
		run(policy, RepositoryKinds::fragmentsThatReplaceMethods);
	}

	@ParameterizedTest
	@ValueSource(strings = { "write-through", "write-back" })
	@DisplayName("a method that is declared again is cached, unless it asks for a lock")
	void methodsDeclaredAgain(String policy) {
		run(policy, RepositoryKinds::methodsDeclaredAgain);
	}

	@ParameterizedTest
	@ValueSource(strings = { "write-through", "write-back" })
	@DisplayName("@PolicyCached on methods of a repository does what it says, without recursion")
	void annotatedMethods(String policy) {
		run(policy, RepositoryKinds::annotatedMethods);
	}

}
