package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.PolicyCached.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.annotation.CacheAnnotationParser;
import org.springframework.cache.interceptor.CacheEvictOperation;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * Turns {@link PolicyCached} into the operations of Spring's cache interceptor.
 * <p>
 * Spring's operations can't be extended, so that what they have no place for is kept here
 * and {@link #find found} again by the operation.
 */
class PolicyCacheAnnotationParser implements CacheAnnotationParser {

	private static final Pattern PARAMETER = Pattern.compile("#([A-Za-z_$][\\w$]*)");

	private static final Pattern RESULT = Pattern.compile("#result\\b");

	private static final Pattern FIRST_VARIABLE = Pattern.compile("#([A-Za-z_$][\\w$]*)(?:\\.[\\w.()]*)?");

	private static final Pattern ALWAYS_THERE = Pattern.compile("result|root|this|[ap]\\d+");

	private final SpelExpressionParser expressionParser = new SpelExpressionParser();

	private final Map<CacheOperation, PolicyCachedOperation> operations = new ConcurrentHashMap<>();

	@Override
	public boolean isCandidateClass(Class<?> targetClass) {
		return !SpringModules.contain(targetClass) && AnnotationUtils.isCandidateClass(targetClass, PolicyCached.class);
	}

	/**
	 * Return {@code null}: on a type, the annotation makes no method cached.
	 */
	@Override
	public @Nullable Collection<CacheOperation> parseCacheAnnotations(Class<?> type) {
		return null;
	}

	@Override
	public @Nullable Collection<CacheOperation> parseCacheAnnotations(Method method) {
		PolicyCachedOperation parsed = parse(method);
		return (parsed != null) ? List.of(parsed.operation()) : null;
	}

	/**
	 * Parse the annotation of a method.
	 * @param method the method
	 * @return the operation, or {@code null} if the method is not annotated
	 * @throws InvalidPolicyCacheException if the annotation can't work
	 */
	@Nullable PolicyCachedOperation parse(Method method) {
		PolicyCached annotation = findAnnotation(method);
		if (annotation == null) {
			return null;
		}
		PolicyCached defaults = MergedAnnotations.from(method.getDeclaringClass(), SearchStrategy.TYPE_HIERARCHY)
			.get(PolicyCached.class)
			.synthesize(MergedAnnotation::isPresent)
			.orElse(null);
		PolicyCachedOperation parsed = parse(method, new PolicyCachedAttributes(method, annotation, defaults));
		this.operations.put(parsed.operation(), parsed);
		return parsed;
	}

	/**
	 * Find what was parsed along with an operation of Spring's.
	 * @param operation an operation that this parser returned
	 * @return the whole operation, or {@code null} if it is not one of this parser
	 */
	@Nullable PolicyCachedOperation find(CacheOperation operation) {
		return this.operations.get(operation);
	}

	private @Nullable PolicyCached findAnnotation(Method method) {
		List<MergedAnnotation<PolicyCached>> annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.stream(PolicyCached.class)
			.toList();
		if (annotations.isEmpty()) {
			return null;
		}
		int nearest = annotations.stream().mapToInt(MergedAnnotation::getAggregateIndex).min().orElseThrow();
		List<MergedAnnotation<PolicyCached>> local = annotations.stream()
			.filter((annotation) -> annotation.getAggregateIndex() == nearest)
			.toList();
		if (local.size() > 1) {
			throw invalid(method, "has more than one @PolicyCached annotation",
					"Keep one of them, or move one of the operations to a method of its own.");
		}
		return local.get(0).synthesize();
	}

	private PolicyCachedOperation parse(Method method, PolicyCachedAttributes attributes) {
		Operation kind = attributes.operation();
		checkProxyable(method);
		checkReturnType(method, kind);
		checkExpressions(method, kind, attributes);
		CacheOperation operation = createOperation(method, kind, attributes);
		return new PolicyCachedOperation(operation, kind, attributes.cacheName(), attributes.policy(),
				!attributes.key().isEmpty(), findKeyArgument(method, attributes.key()),
				(kind == Operation.READ) ? attributes.unless() : "", attributes.evictions());
	}

	private void checkProxyable(Method method) {
		int modifiers = method.getModifiers();
		String modifier = Modifier.isStatic(modifiers) ? "static"
				: Modifier.isPrivate(modifiers) ? "private" : Modifier.isFinal(modifiers) ? "final" : null;
		if (modifier != null) {
			throw invalid(method, "is " + modifier + ", so that no proxy can intercept it",
					"Remove 'static', 'private' or 'final' from the method, or remove @PolicyCached.");
		}
	}

	private void checkReturnType(Method method, Operation kind) {
		if (kind != Operation.REMOVE && isVoid(ResolvableType.forMethodReturnType(method))) {
			throw invalid(method, "is a " + kind + " method that returns nothing", (kind == Operation.WRITE)
					? "Return the value that is to be written." : "Return the value that is to be cached.");
		}
	}

	private boolean isVoid(ResolvableType type) {
		Class<?> resolved = type.resolve();
		return resolved == void.class || resolved == Void.class
				|| (type.hasGenerics() && type.getGenerics().length == 1 && type.getGeneric().resolve() == Void.class);
	}

	private void checkExpressions(Method method, Operation kind, PolicyCachedAttributes attributes) {
		checkExpression(method, "key", attributes.key());
		checkKeyVariable(method, attributes.key());
		checkExpression(method, "condition", attributes.condition());
		checkExpression(method, "unless", attributes.unless());
		for (EvictExpression eviction : attributes.evictions()) {
			checkExpression(method, "evicts", (eviction.key() != null) ? eviction.key() : "");
		}
		if (kind == Operation.READ) {
			checkNoResult(method, "key", attributes.key());
			checkNoResult(method, "condition", attributes.condition());
		}
	}

	private void checkExpression(Method method, String attribute, String expression) {
		try {
			if (!expression.isEmpty()) {
				this.expressionParser.parseExpression(expression);
			}
		}
		catch (ParseException ex) {
			throw new InvalidPolicyCacheException(
					"@PolicyCached method %s has a malformed '%s': %s"
						.formatted(PolicyCachedAttributes.describe(method), attribute, ex.getMessage()),
					"Correct the SpEL expression '%s'.".formatted(expression), ex);
		}
	}

	private void checkKeyVariable(Method method, String key) {
		// A key that combines variables may be shared by methods that lack some of them
		Matcher matcher = FIRST_VARIABLE.matcher(key);
		@Nullable String[] names = DefaultParameterNameDiscoverer.getSharedInstance().getParameterNames(method);
		if (names == null || !matcher.matches() || ALWAYS_THERE.matcher(matcher.group(1)).matches()
				|| Arrays.asList(names).contains(matcher.group(1))) {
			return;
		}
		throw invalid(method, "has the 'key' %s, but no parameter '%s'".formatted(key, matcher.group(1)),
				"Use a parameter of the method%s."
					.formatted((names.length > 0) ? ": #" + String.join(", #", names) : ""));
	}

	private void checkNoResult(Method method, String attribute, String expression) {
		if (RESULT.matcher(expression).find()) {
			throw invalid(method,
					"is a READ method whose '%s' uses #result, which a read does not have yet".formatted(attribute),
					"Use the method's parameters, or 'unless' to keep a result from being cached.");
		}
	}

	private CacheOperation createOperation(Method method, Operation kind, PolicyCachedAttributes attributes) {
		CacheOperation.Builder builder = switch (kind) {
			case READ -> {
				CacheableOperation.Builder read = new CacheableOperation.Builder();
				read.setSync(true);
				yield read;
			}
			case WRITE -> {
				CachePutOperation.Builder write = new CachePutOperation.Builder();
				write.setUnless(attributes.unless());
				yield write;
			}
			case REMOVE -> new CacheEvictOperation.Builder();
		};
		builder.setName(method.toString());
		builder.setCacheName(attributes.cacheName());
		builder.setKey(attributes.key());
		builder.setCondition(attributes.condition());
		return builder.build();
	}

	private int findKeyArgument(Method method, String key) {
		Matcher matcher = PARAMETER.matcher(key);
		if (method.isVarArgs() || !matcher.matches() || key.equals("#result")) {
			return -1;
		}
		@Nullable String[] names = DefaultParameterNameDiscoverer.getSharedInstance().getParameterNames(method);
		return (names != null) ? Arrays.asList(names).indexOf(matcher.group(1)) : -1;
	}

	private static InvalidPolicyCacheException invalid(Method method, String problem, String action) {
		return PolicyCachedAttributes.invalid(method, problem, action);
	}

}
