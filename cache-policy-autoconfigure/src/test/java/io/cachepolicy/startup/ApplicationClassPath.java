package io.cachepolicy.startup;

import java.io.File;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.util.ReflectionUtils;

/**
 * Runs code on a class path of its own, which shares nothing but the JDK with that of the
 * tests.
 *
 * @param entries directories and archives
 */
record ApplicationClassPath(List<Path> entries) {

	/**
	 * Return the class path of the tests.
	 * @return the class path
	 */
	static ApplicationClassPath ofTests() {
		return new ApplicationClassPath(
				Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of).toList());
	}

	ApplicationClassPath with(Path first) {
		return new ApplicationClassPath(Stream.concat(Stream.of(first), this.entries.stream()).toList());
	}

	/**
	 * Leave out archives.
	 * @param names how the names of the archives begin
	 * @return the class path without them
	 */
	ApplicationClassPath without(String... names) {
		return new ApplicationClassPath(this.entries.stream()
			.filter((entry) -> Stream.of(names).noneMatch(entry.getFileName().toString()::startsWith))
			.toList());
	}

	/**
	 * Run code whose classes come from this class path, with all that they use.
	 * @param type the class, loaded anew
	 * @throws Exception if the code can't be loaded
	 */
	void run(Class<? extends Runnable> type) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader original = thread.getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(
				this.entries.stream().map(ApplicationClassPath::url).toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			thread.setContextClassLoader(loader);
			((Runnable) ReflectionUtils.accessibleConstructor(loader.loadClass(type.getName())).newInstance()).run();
		}
		finally {
			thread.setContextClassLoader(original);
		}
	}

	private static URL url(Path entry) {
		try {
			return entry.toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
