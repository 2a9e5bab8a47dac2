package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.PolicyCached.Operation;
import org.jspecify.annotations.Nullable;

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
import org.springframework.util.ClassUtils;

/**
 * Turns {@link PolicyCached} into the operations of Spring's cache interceptor.
 * <p>
 * Spring's operations can't be extended, so that what they have no place for is kept here
 * and {@link #find found} again by the operation.
 */
class PolicyCacheAnnotationParser {

	private static final Pattern PARAMETER = Pattern.compile("#([A-Za-z_$][\\w$]*)");

	private static final Pattern RESULT = Pattern.compile("#result\\b");

	private static final Pattern FIRST_VARIABLE = Pattern.compile("#([A-Za-z_$][\\w$]*)(?:\\.[\\w.()]*)?");

	private static final Pattern ALWAYS_THERE = Pattern.compile("result|root|this|[ap]\\d+");

	private final SpelExpressionParser expressionParser = new SpelExpressionParser();

	private final Map<CacheOperation, PolicyCachedOperation> operations = new ConcurrentHashMap<>();

	/**
	 * Return whether there may be annotated methods.
	 * @param targetClass the class of a bean
	 * @return {@code false} if there are none for certain
	 */
	boolean isCandidateClass(Class<?> targetClass) {
		return !SpringModules.contain(targetClass) && AnnotationUtils.isCandidateClass(targetClass, PolicyCached.class);
	}

	/**
	 * Parse the annotation of a method. What it leaves out is said by the annotations of
	 * the type, from the nearest to the farthest: of a method that is inherited, the type
	 * that inherits it counts before the one that declares it.
	 * @param method the method
	 * @param type the class of the bean
	 * @return the operation, or {@code null} if the method is not annotated
	 * @throws InvalidPolicyCacheException if the annotation can't work
	 */
	@Nullable PolicyCachedOperation parse(Method method, Class<?> type) {
		Class<?> owner = findOwner(method, type);
		PolicyCached annotation = findAnnotation(method, owner);
		if (annotation == null) {
			return null;
		}
		Stream<PolicyCached> defaults = Stream.of(owner, method.getDeclaringClass())
			.flatMap((source) -> MergedAnnotations.from(source, SearchStrategy.TYPE_HIERARCHY)
				.stream(PolicyCached.class)
				.map(MergedAnnotation::synthesize));
		PolicyCachedOperation parsed = parse(method, owner,
				new PolicyCachedAttributes(method, owner, Stream.concat(Stream.of(annotation), defaults).toList()));
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

	private static Class<?> findOwner(Method method, Class<?> type) {
		if (!Proxy.isProxyClass(type)) {
			return ClassUtils.getUserClass(type);
		}
		return Stream.<Class<?>>of(type.getInterfaces())
			.filter(method.getDeclaringClass()::isAssignableFrom)
			.findFirst()
			.orElse(method.getDeclaringClass());
	}

	private @Nullable PolicyCached findAnnotation(Method method, Class<?> owner) {
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
			throw invalid(method, owner, "has more than one @PolicyCached annotation",
					"Keep one of them, or move one of the operations to a method of its own.");
		}
		return local.get(0).synthesize();
	}

	private PolicyCachedOperation parse(Method method, Class<?> owner, PolicyCachedAttributes attributes) {
		Operation kind = attributes.operation();
		checkProxyable(method, owner);
		checkReturnType(method, owner, kind);
		checkExpressions(method, owner, kind, attributes);
		CacheOperation operation = createOperation(method, owner, kind, attributes);
		return new PolicyCachedOperation(operation, kind, attributes.cacheName(), attributes.policy(),
				!attributes.key().isEmpty(), findKeyArgument(method, attributes.key()),
				(kind == Operation.READ) ? attributes.unless() : "", attributes.evictions(),
				kind == Operation.WRITE && MethodTypes.isVoid(method, owner));
	}

	private void checkProxyable(Method method, Class<?> owner) {
		int modifiers = method.getModifiers();
		String modifier = Modifier.isStatic(modifiers) ? "static"
				: Modifier.isPrivate(modifiers) ? "private" : Modifier.isFinal(modifiers) ? "final" : null;
		if (modifier != null) {
			throw invalid(method, owner, "is " + modifier + ", so that no proxy can intercept it",
					"Remove 'static', 'private' or 'final' from the method, or remove @PolicyCached.");
		}
	}

	private void checkReturnType(Method method, Class<?> owner, Operation kind) {
		if (kind == Operation.READ && MethodTypes.isVoid(method, owner)) {
			throw invalid(method, owner, "is a READ method that returns nothing",
					"Return the value that is to be cached.");
		}
		if (kind == Operation.WRITE && MethodTypes.isVoid(method, owner) && method.getParameterCount() == 0) {
			throw invalid(method, owner, "is a WRITE method that neither takes nor returns anything",
					"Return the value that is to be written, or take it as an argument.");
		}
		Class<?> type = ResolvableType.forMethodReturnType(method, owner).resolve();
		if (kind == Operation.READ && type != null && MethodTypes.isConsumed(type)) {
			throw invalid(method, owner, "returns a %s, which can be read only once".formatted(type.getSimpleName()),
					"Return a List, or remove @PolicyCached.");
		}
	}

	private void checkExpressions(Method method, Class<?> owner, Operation kind, PolicyCachedAttributes attributes) {
		checkExpression(method, owner, "key", attributes.key());
		checkKeyVariable(method, owner, attributes.key());
		checkExpression(method, owner, "condition", attributes.condition());
		checkExpression(method, owner, "unless", attributes.unless());
		for (EvictExpression eviction : attributes.evictions()) {
			checkExpression(method, owner, "evicts", (eviction.key() != null) ? eviction.key() : "");
		}
		if (kind == Operation.READ) {
			checkNoResult(method, owner, "key", attributes.key());
			checkNoResult(method, owner, "condition", attributes.condition());
		}
	}

	private void checkExpression(Method method, Class<?> owner, String attribute, String expression) {
		try {
			if (!expression.isEmpty()) {
				this.expressionParser.parseExpression(expression);
			}
		}
		catch (ParseException ex) {
			throw new InvalidPolicyCacheException(
					"@PolicyCached method %s has a malformed '%s': %s"
						.formatted(PolicyCachedAttributes.describe(method, owner), attribute, ex.getMessage()),
					"Correct the SpEL expression '%s'.".formatted(expression), ex);
		}
	}

	private void checkKeyVariable(Method method, Class<?> owner, String key) {
		// A key that combines variables may be shared by methods that lack some of them
		Matcher matcher = FIRST_VARIABLE.matcher(key);
		@Nullable String[] names = DefaultParameterNameDiscoverer.getSharedInstance().getParameterNames(method);
		if (names == null || !matcher.matches() || ALWAYS_THERE.matcher(matcher.group(1)).matches()
				|| Arrays.asList(names).contains(matcher.group(1))) {
			return;
		}
		throw invalid(method, owner, "has the 'key' %s, but no parameter '%s'".formatted(key, matcher.group(1)),
				"Use a parameter of the method%s."
					.formatted((names.length > 0) ? ": #" + String.join(", #", names) : ""));
	}

	private void checkNoResult(Method method, Class<?> owner, String attribute, String expression) {
		if (RESULT.matcher(expression).find()) {
			throw invalid(method, owner,
					"is a READ method whose '%s' uses #result, which a read does not have yet".formatted(attribute),
					"Use the method's parameters, or 'unless' to keep a result from being cached.");
		}
	}

	private CacheOperation createOperation(Method method, Class<?> owner, Operation kind,
			PolicyCachedAttributes attributes) {
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
		// Operations are told apart by their description
		builder.setName(method + " of " + owner.getName());
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

	private static InvalidPolicyCacheException invalid(Method method, Class<?> owner, String problem, String action) {
		return PolicyCachedAttributes.invalid(method, owner, problem, action);
	}

}
