package io.cachepolicy.autoconfigure;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.cachepolicy.autoconfigure.CachePolicyProperties.CacheSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.PropertyMatches;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.StringUtils;

/**
 * Says which property does not exist, and which one may be meant. Asked before the
 * analyzer of Spring Boot, which can't know the latter.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("cache-policy");

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
		return unknown.isEmpty() ? null
				: new FailureAnalysis(lines(unknown.stream().map(UnknownPropertyFailureAnalyzer::describe)),
						lines(unknown.stream().map((property) -> advise(property.getName()))), cause);
	}

	private static String lines(Stream<String> texts) {
		return texts.distinct().collect(Collectors.joining("\n"));
	}

	private static String describe(ConfigurationProperty property) {
		String origin = (property.getOrigin() != null) ? " (%s)".formatted(property.getOrigin()) : "";
		return "Property '%s' does not exist%s.".formatted(property.getName(), origin);
	}

	private static String advise(ConfigurationPropertyName name) {
		Class<?> type = CachePolicyProperties.class;
		for (int i = PREFIX.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
			Field field = (type != Map.class) ? findField(type, name.getElement(i, Form.ORIGINAL)) : null;
			if (type != Map.class && field == null) {
				return advise(name, i, type);
			}
			type = (field != null) ? field.getType() : CacheSettings.class;
		}
		return "Remove '%s'.".formatted(name);
	}

	private static @Nullable Field findField(Class<?> type, String element) {
		return Stream.of(type.getDeclaredFields())
			.filter((field) -> field.getName().equalsIgnoreCase(element.replace("-", "")))
			.findFirst()
			.orElse(null);
	}

	private static String advise(ConfigurationPropertyName name, int index, Class<?> type) {
		String element = name.getElement(index, Form.ORIGINAL);
		String[] similar = PropertyMatches.forField(camelCase(element), type).getPossibleMatches();
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

}
