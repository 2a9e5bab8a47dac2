package io.cachepolicy.documentation;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the Java code of the documentation compiles. What has imports is compiled as
 * it is, in the package of an application. Other types, members and statements become
 * part of a class that imports much and inherits the beans and values of which
 * {@code Example} in {@code src/test/resources/documentation} has a field.
 */
class CodeDocumentationTests {

	private static final String SOURCES = "src/test/resources/documentation:../cache-policy-starter/test/src/main/java";

	private static final Pattern COMPLETE = Pattern.compile("^import ", Pattern.MULTILINE);

	private static final Pattern TYPE = Pattern
		.compile("^(public |final |abstract )*(class|interface|@interface|record|enum) ", Pattern.MULTILINE);

	private static final Pattern MEMBER = Pattern.compile("^(@\\w+.*|[\\w<>., ]+\\(.*\\) \\{)$", Pattern.MULTILINE);

	private static final String IMPORTS = """
			import java.math.*;
			import java.time.*;
			import java.util.*;
			import java.util.concurrent.*;
			import java.util.stream.*;
			import java.lang.annotation.*;
			import com.acme.shop.*;
			import io.cachepolicy.*;
			import io.cachepolicy.test.*;
			import io.cachepolicy.test.autoconfigure.*;
			import io.micrometer.context.*;
			import io.micrometer.context.integration.*;
			import org.junit.jupiter.api.Test;
			import org.springframework.beans.factory.annotation.*;
			import org.springframework.boot.data.jpa.test.autoconfigure.*;
			import org.springframework.boot.test.context.*;
			import org.springframework.cache.annotation.*;
			import org.springframework.context.annotation.*;
			import org.springframework.context.event.*;
			import org.springframework.dao.*;
			import org.springframework.data.jpa.repository.*;
			import org.springframework.scheduling.annotation.*;
			import org.springframework.stereotype.*;
			import org.springframework.test.context.transaction.*;
			import org.springframework.transaction.annotation.*;
			import static io.cachepolicy.PolicyCached.Operation.*;
			import static io.cachepolicy.WritePolicy.*;
			import static org.assertj.core.api.Assertions.*;
			""";

	@TempDir
	Path classes;

	private final List<JavaFileObject> complete = new ArrayList<>();

	private final List<JavaFileObject> wrapped = new ArrayList<>();

	@Test
	void codeCompiles() throws IOException {
		for (MarkdownPage page : MarkdownPage.all()) {
			for (String block : page.blocks("java")) {
				add(page, block);
			}
		}
		assertThat(this.complete).isNotEmpty();
		assertThat(this.complete.stream().flatMap((source) -> compile(List.of(source)).stream())).isEmpty();
		assertThat(compile(this.wrapped)).isEmpty();
		assertThat(this.wrapped).hasSizeGreaterThan(5);
	}

	@Test
	void codeThatDoesNotCompileIsNoticed() {
		add(new MarkdownPage(MarkdownPage.ROOT.resolve("page.md"), ""), "this.products.findById(\"no number\");");
		assertThat(compile(this.wrapped)).singleElement().asString().contains("page.md").contains("String");
	}

	private void add(MarkdownPage page, String block) {
		if (COMPLETE.matcher(block).find()) {
			this.complete.add(new Source(page, "com.acme.shop", block));
		}
		else {
			this.wrapped.add(new Source(page, "block" + this.wrapped.size(), IMPORTS + wrap(block)));
		}
	}

	private static String wrap(String block) {
		if (TYPE.matcher(block).find()) {
			return block;
		}
		return "class Wrapped extends Example {\n%s}\n"
			.formatted(MEMBER.matcher(block).find() ? block : "void run() throws Exception {\n%s}\n".formatted(block));
	}

	private List<String> options() {
		return List.of("-proc:none", "-implicit:none", "-d", this.classes.toString(), "-sourcepath", SOURCES,
				"-classpath", System.getProperty("java.class.path"));
	}

	private List<String> compile(List<JavaFileObject> sources) {
		JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "A JDK is needed");
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		compiler.getTask(null, null, diagnostics, options(), null, sources).call();
		return diagnostics.getDiagnostics()
			.stream()
			.filter((diagnostic) -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
			.map((diagnostic) -> diagnostic.getSource() + ": " + diagnostic.getMessage(Locale.ROOT))
			.toList();
	}

	/**
	 * A source in memory.
	 */
	private static final class Source extends SimpleJavaFileObject {

		private final MarkdownPage page;

		private final String code;

		Source(MarkdownPage page, String packageName, String code) {
			super(URI.create("memory:///" + packageName.replace('.', '/') + "/" + typeOf(code) + ".java"), Kind.SOURCE);
			this.page = page;
			this.code = "package %s; %s".formatted(packageName, code);
		}

		private static String typeOf(String code) {
			Matcher type = TYPE.matcher(code);
			assertThat(type.find()).isTrue();
			return code.substring(type.end()).split("\\W", 2)[0];
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.code;
		}

		@Override
		public String toString() {
			return this.page + ", " + getName();
		}

	}

}
