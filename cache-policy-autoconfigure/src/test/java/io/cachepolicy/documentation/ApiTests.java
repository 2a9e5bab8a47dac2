package io.cachepolicy.documentation;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what users and modules compile against is what is recorded, so that no
 * change of it goes unseen. {@code -Dcache-policy.record-api} records it anew: what
 * changes or goes then asks for a new major version.
 */
class ApiTests {

	private static final Path RECORDS = Path.of("../config/api");

	@ParameterizedTest
	@ValueSource(strings = { "io.cachepolicy", "io.cachepolicy.spi" })
	void apiIsAsRecorded(String packageName) throws IOException {
		String api = api(packageName);
		Path record = RECORDS.resolve(packageName + ".txt");
		if (System.getProperty("cache-policy.record-api") != null) {
			Files.createDirectories(RECORDS);
			Files.writeString(record, api);
		}
		assertThat(api).as("run with -Dcache-policy.record-api if the change is intended")
			.isEqualTo(Files.readString(record));
	}

	private static String api(String packageName) throws IOException {
		try (Stream<Path> files = Files.list(Path.of("target/classes", packageName.split("\\.")))) {
			return files.map((file) -> file.getFileName().toString())
				.filter((file) -> file.endsWith(".class") && !file.equals("package-info.class"))
				.map((file) -> packageName + "." + file.substring(0, file.length() - ".class".length()))
				.sorted()
				.map((name) -> ClassUtils.resolveClassName(name, null))
				.filter(ApiTests::isApi)
				.map(ApiTests::describe)
				.collect(Collectors.joining("\n"));
		}
	}

	private static boolean isApi(Class<?> type) {
		return isApi(type.getModifiers()) && (type.getDeclaringClass() == null || isApi(type.getDeclaringClass()))
				&& !type.isAnonymousClass();
	}

	private static boolean isApi(int modifiers) {
		return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
	}

	private static boolean isApi(Member member) {
		return isApi(member.getModifiers()) && !member.isSynthetic();
	}

	private static String describe(Class<?> type) {
		List<String> members = new ArrayList<>();
		Stream.of(type.getDeclaredFields()).filter(ApiTests::isApi).map(Field::toGenericString).forEach(members::add);
		Stream.of(type.getDeclaredConstructors())
			.filter(ApiTests::isApi)
			.map(Constructor::toGenericString)
			.forEach(members::add);
		Stream.of(type.getDeclaredMethods()).filter(ApiTests::isApi).map(ApiTests::describe).forEach(members::add);
		return "%s%s%s%n%s".formatted(deprecation(type), kind(type), superTypes(type),
				members.stream().sorted().map("\t%s%n"::formatted).collect(Collectors.joining()));
	}

	private static String kind(Class<?> type) {
		String kind = (type.isAnnotation()) ? "@interface" : (type.isInterface()) ? "interface"
				: (type.isEnum()) ? "enum" : (type.isRecord()) ? "record" : "class";
		int modifiers = type.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL
				| (type.isInterface() ? 0 : Modifier.ABSTRACT));
		String parameters = (type.getTypeParameters().length > 0) ? Arrays.stream(type.getTypeParameters())
			.map((parameter) -> parameter + " extends " + names(parameter.getBounds()))
			.collect(Collectors.joining(", ", "<", ">")) : "";
		return "%s %s %s%s".formatted(Modifier.toString(modifiers), kind, type.getName(), parameters);
	}

	private static String superTypes(Class<?> type) {
		List<Type> all = new ArrayList<>();
		if (type.getGenericSuperclass() != null) {
			all.add(type.getGenericSuperclass());
		}
		all.addAll(List.of(type.getGenericInterfaces()));
		return (all.isEmpty()) ? "" : " : " + names(all.toArray(Type[]::new));
	}

	private static String names(Type[] types) {
		return Arrays.stream(types).map(Type::getTypeName).collect(Collectors.joining(", "));
	}

	private static String describe(Method method) {
		Object value = method.getDefaultValue();
		String text = (value instanceof Object[] array) ? Arrays.toString(array) : String.valueOf(value);
		return deprecation((Executable) method) + method.toGenericString()
				+ ((value != null) ? " default " + text : "");
	}

	private static String deprecation(AnnotatedElement element) {
		return (element.isAnnotationPresent(Deprecated.class)) ? "@Deprecated " : "";
	}

}
