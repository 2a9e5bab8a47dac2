package io.cachepolicy.autoconfigure;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.PropertyMatches;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.util.StringUtils;

/**
 * Says which property does not exist, and which one may be meant, or which dependency
 * brings it. Asked before the analyzer of Spring Boot, which can't know these.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("cache-policy");

	/**
	 * The modules that bring properties, by their prefix. One that is there has its
	 * properties bound.
	 */
	private static final Map<ConfigurationPropertyName, String> MODULES = Map.of(PREFIX.append("journal"),
			"io.cachepolicy:cache-policy-journal", PREFIX.append("cluster"), "io.cachepolicy:cache-policy-hazelcast");

	/**
	 * Position of the second part of a name with dots, if the parts are not in brackets.
	 */
	private static final int DOTTED = 3;

	private static final String BRACKETS = " If it belongs to the name of the cache, put the name in brackets: 'cache-policy.caches[%s.%s]'.";

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		List<ConfigurationProperty> unknown = cause.getUnboundProperties()
			.stream()
			.filter((property) -> PREFIX.isAncestorOf(property.getName()))
			.toList();
		Target target = findTarget(rootFailure);
		return unknown.isEmpty() ? null
				: new FailureAnalysis(lines(unknown.stream().map((property) -> describe(property, target))),
						lines(unknown.stream().map((property) -> advise(property.getName(), target))), cause);
	}

	/**
	 * Find out what the properties were bound to.
	 * @param rootFailure the failure
	 * @return the properties of a module, or those of this product
	 */
	private Target findTarget(Throwable rootFailure) {
		ConfigurationPropertiesBindException failure = findCause(rootFailure,
				ConfigurationPropertiesBindException.class);
		return (failure != null)
				? new Target(ConfigurationPropertyName.of(failure.getAnnotation().prefix()), failure.getBeanType())
				: new Target(PREFIX, CachePolicyProperties.class);
	}

	private static String lines(Stream<String> texts) {
		return texts.distinct().collect(Collectors.joining("\n"));
	}

	private static String describe(ConfigurationProperty property, Target target) {
		String origin = (property.getOrigin() != null) ? " (%s)".formatted(property.getOrigin()) : "";
		boolean absent = findAbsentModule(property.getName(), target) != null;
		return "Property '%s' %s%s.".formatted(property.getName(),
				(absent) ? "belongs to a module that is not on the class path" : "does not exist", origin);
	}

	private static @Nullable String findAbsentModule(ConfigurationPropertyName name, Target target) {
		return MODULES.entrySet()
			.stream()
			.filter((module) -> !module.getKey().equals(target.prefix()))
			.filter((module) -> module.getKey().equals(name) || module.getKey().isAncestorOf(name))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

	private static String advise(ConfigurationPropertyName name, Target target) {
		String module = findAbsentModule(name, target);
		if (module != null) {
			return "Add the dependency '%s', or remove '%s'.".formatted(module, name);
		}
		ResolvableType type = ResolvableType.forClass(target.type());
		for (int i = target.prefix().getNumberOfElements(); i < name.getNumberOfElements(); i++) {
			ResolvableType next = (type.toClass() == Map.class) ? type.getGeneric(1)
					: findField(type.toClass(), name.getElement(i, Form.ORIGINAL));
			if (next == null) {
				return advise(name, i, type.toClass());
			}
			type = next;
		}
		return "Remove '%s'.".formatted(name);
	}

	private static @Nullable ResolvableType findField(Class<?> type, String element) {
		return Stream.of(type.getDeclaredFields())
			.filter((field) -> field.getName().equalsIgnoreCase(element.replace("-", "")))
			.findFirst()
			.map(ResolvableType::forField)
			.orElse(null);
	}

	private static String advise(ConfigurationPropertyName name, int index, Class<?> type) {
		String element = name.getElement(index, Form.ORIGINAL);
		String[] similar = PropertyMatches.forField(camelCase(element), type).getPossibleMatches();
		if (similar.length == 0 && type == CachePolicyProperties.class) {
			similar = PropertyMatches.forField(camelCase(element), Modules.class).getPossibleMatches();
		}
		String advice = "Write %s instead of '%s'."
			.formatted(list((similar.length > 0) ? Arrays.stream(similar) : names(type)), element);
		return (index == DOTTED && similar.length == 0)
				? advice + BRACKETS.formatted(name.getElement(index - 1, Form.ORIGINAL), element) : advice;
	}

	private static String camelCase(String element) {
		return StringUtils
			.uncapitalize(Stream.of(element.split("-")).map(StringUtils::capitalize).collect(Collectors.joining()));
	}

	private static Stream<String> names(Class<?> type) {
		return Stream.of(type.getDeclaredFields()).filter((field) -> !field.isSynthetic()).map(Field::getName);
	}

	private static String list(Stream<String> names) {
		return names.map((name) -> "'" + DataObjectPropertyName.toDashedForm(name) + "'")
			.collect(Collectors.joining(" or "));
	}

	/**
	 * The names of modules among the properties, in a form in which similar names are
	 * looked for.
	 *
	 * @param journal that of the journal
	 * @param cluster that of several instances
	 */
	private record Modules(Object journal, Object cluster) {

	}

	/**
	 * What properties were bound to.
	 *
	 * @param prefix the prefix of the properties
	 * @param type the type that has them
	 */
	private record Target(ConfigurationPropertyName prefix, Class<?> type) {

	}

}
