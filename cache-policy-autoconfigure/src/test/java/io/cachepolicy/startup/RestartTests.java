package io.cachepolicy.startup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelApplication;
import io.cachepolicy.startup.parcels.Parcels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that starts again in one JVM with a new class loader for its own
 * classes, as Spring Boot's developer tools do it.
 */
class RestartTests {

	private final Database database = Database.create();

	private final ClassLoader original = Thread.currentThread().getContextClassLoader();

	@AfterEach
	void restore() {
		Thread.currentThread().setContextClassLoader(this.original);
	}

	@Test
	@DisplayName("S1: a restart drains, and the caches hold nothing of the classes before")
	void restartDrainsAndForgetsClasses() throws ReflectiveOperationException {
		for (int i = 1; i <= 3; i++) {
			RestartedClassLoader loader = new RestartedClassLoader();
			Thread.currentThread().setContextClassLoader(loader);
			assertThat(run(loader, Restarted.class, this.database.url())).isEqualTo("parcel " + i);
			assertThat(this.database.labels("parcel")).isEqualTo(Map.of(1L, "parcel " + i));
			Thread.currentThread().setContextClassLoader(this.original);
			await().untilAsserted(() -> assertThat(threadsOf(loader)).isEmpty());
		}
	}

	private static Stream<Thread> threadsOf(ClassLoader loader) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getContextClassLoader() == loader);
	}

	@SuppressWarnings("unchecked")
	private static String run(ClassLoader loader, Class<?> type, String argument) throws ReflectiveOperationException {
		Class<?> restarted = loader.loadClass(type.getName());
		assertThat(restarted).isNotEqualTo(type);
		return ((Function<String, String>) restarted.getDeclaredConstructor().newInstance()).apply(argument);
	}

	/**
	 * Replaces a parcel that a run before may have left. It only works with classes of
	 * one loader.
	 */
	public static class Restarted implements Function<String, String> {

		@Override
		public String apply(String url) {
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ParcelApplication.class)
				.web(WebApplicationType.NONE)
				.run("--spring.datasource.url=" + url, "--spring.jpa.hibernate.ddl-auto=update",
						"--logging.level.root=warn", "--spring.main.banner-mode=off",
						"--cache-policy.defaults.write-back.flush-interval=1h")) {
				Parcels parcels = context.getBean(Parcels.class);
				Parcel last = parcels.find(1).orElseGet(() -> new Parcel(1L, "parcel 0"));
				parcels.write(new Parcel(1L, next(last.getLabel())));
				return parcels.find(1).map(Parcel::getLabel).orElseThrow();
			}
		}

		private static String next(String label) {
			return "parcel " + (Integer.parseInt(label.substring("parcel ".length())) + 1);
		}

	}

	/**
	 * Loads the classes of this package and of those below it anew, and leaves all others
	 * to its parent.
	 */
	private static final class RestartedClassLoader extends ClassLoader {

		RestartedClassLoader() {
			super(RestartTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith(RestartTests.class.getPackageName())) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : define(name);
			}
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			try (InputStream stream = getResourceAsStream(ClassUtils.convertClassNameToResourcePath(name) + ".class")) {
				if (stream == null) {
					throw new ClassNotFoundException(name);
				}
				byte[] bytes = stream.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
