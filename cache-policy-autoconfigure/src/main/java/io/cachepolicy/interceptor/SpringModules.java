package io.cachepolicy.interceptor;

import java.util.Set;

/**
 * Tells the classes of Spring from those of applications, which may be in packages of
 * Spring as well: its samples are. Most beans are of the former, and looking at all of
 * their methods takes long at the start.
 */
final class SpringModules {

	private static final String PREFIX = "org.springframework.";

	private static final Set<String> MODULES = Set.of("aop", "beans", "boot", "cache", "context", "core", "dao", "data",
			"format", "http", "jdbc", "jmx", "orm", "scheduling", "security", "transaction", "validation", "web");

	private SpringModules() {
	}

	/**
	 * Return whether a class belongs to Spring, which does not annotate it with
	 * annotations of others.
	 * @param type the class
	 * @return whether there is nothing to find
	 */
	static boolean contain(Class<?> type) {
		return contain(type.getName());
	}

	static boolean contain(String className) {
		if (!className.startsWith(PREFIX)) {
			return false;
		}
		int end = className.indexOf('.', PREFIX.length());
		return end > 0 && MODULES.contains(className.substring(PREFIX.length(), end));
	}

}
