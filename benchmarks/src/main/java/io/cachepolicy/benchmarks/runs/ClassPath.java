package io.cachepolicy.benchmarks.runs;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of the benchmarks, entry by entry: without what the manifests of its
 * archives add, so that some of it can be left out.
 */
final class ClassPath implements AutoCloseable {

	private static final Pattern PRODUCT = Pattern
		.compile("(^|/)cache-policy-(autoconfigure|hazelcast|journal|starter)([^/]*[.]jar|/target/classes)$");

	private final Path directory;

	private final List<Path> entries;

	/**
	 * Take the class path apart.
	 */
	ClassPath() {
		try {
			this.directory = Files.createTempDirectory("class-path");
			this.entries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
				.map(Path::of)
				.flatMap(this::expand)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Stream<Path> expand(Path entry) {
		if (!Files.isRegularFile(entry)) {
			return Stream.of(entry);
		}
		try (JarFile archive = new JarFile(entry.toFile())) {
			Manifest manifest = archive.getManifest();
			String added = (manifest != null) ? manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH)
					: null;
			if (added == null) {
				return Stream.of(entry);
			}
			return Stream.concat(Stream.of(withoutManifest(entry)),
					Stream.of(added.split(" ")).map(entry.toAbsolutePath()::resolveSibling));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path withoutManifest(Path archive) throws IOException {
		Path copy = Files.copy(archive, this.directory.resolve(archive.getFileName()));
		try (FileSystem files = FileSystems.newFileSystem(copy)) {
			Files.delete(files.getPath("META-INF", "MANIFEST.MF"));
		}
		return copy;
	}

	/**
	 * Return the whole class path.
	 * @return the class path, for a JVM
	 */
	String all() {
		return join(this.entries.stream());
	}

	/**
	 * Return the class path without the modules of this product.
	 * @return the class path, for a JVM
	 */
	String withoutProduct() {
		return join(this.entries.stream().filter((entry) -> !isProduct(entry)));
	}

	private static boolean isProduct(Path entry) {
		return PRODUCT.matcher(entry.toString().replace(File.separatorChar, '/')).find();
	}

	private static String join(Stream<Path> entries) {
		return entries.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
	}

	@Override
	public void close() {
		try (Stream<Path> files = Files.list(this.directory)) {
			for (Path file : files.toList()) {
				Files.delete(file);
			}
			Files.delete(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
