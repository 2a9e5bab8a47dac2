package io.cachepolicy.interceptor.repository;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.cachepolicy.PolicyCached;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.data.repository.core.RepositoryInformation;

/**
 * The methods of a repository that go through a cache: those that Spring Data implements,
 * by an id or by an instance. Queries, methods that the application implements, and those
 * that it declares again with an annotation of Spring Data, such as a lock or an entity
 * graph, ask for something else than the cache has.
 */
enum CrudMethod {

	FIND_BY_ID, EXISTS_BY_ID, FIND_ALL_BY_ID, SAVE, SAVE_AND_FLUSH, SAVE_ALL, SAVE_ALL_AND_FLUSH, DELETE, DELETE_BY_ID,
	DELETE_ALL, DELETE_ALL_BY_ID, OTHER;

	private static final String SPRING_DATA = "org.springframework.data.";

	private static final Map<String, CrudMethod> SINGLE = Map.of("findById", FIND_BY_ID, "existsById", EXISTS_BY_ID,
			"save", SAVE, "saveAndFlush", SAVE_AND_FLUSH, "delete", DELETE, "deleteById", DELETE_BY_ID);

	private static final Map<String, CrudMethod> MULTIPLE = Map.of("findAllById", FIND_ALL_BY_ID, "saveAll", SAVE_ALL,
			"saveAllAndFlush", SAVE_ALL_AND_FLUSH, "deleteAll", DELETE_ALL, "deleteAllById", DELETE_ALL_BY_ID);

	/**
	 * Return what a method of a repository does.
	 * @param method the method
	 * @param repository the repository
	 * @return what it does, {@link #OTHER} if that does not concern the cache
	 */
	static CrudMethod of(Method method, RepositoryInformation repository) {
		if (method.getParameterCount() != 1 || method.isDefault() || repository.isCustomMethod(method)
				|| !repository.isBaseClassMethod(method)) {
			return OTHER;
		}
		boolean many = Iterable.class.isAssignableFrom(method.getParameterTypes()[0]);
		CrudMethod candidate = (many ? MULTIPLE : SINGLE).getOrDefault(method.getName(), OTHER);
		return (candidate.canReturn(method, repository) && !asksForMore(method)) ? candidate : OTHER;
	}

	private static boolean asksForMore(Method method) {
		if (method.getDeclaringClass().getName().startsWith(SPRING_DATA)) {
			return false;
		}
		MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		return annotations.isPresent(PolicyCached.class) || annotations.stream()
			.anyMatch((annotation) -> annotation.getType().getName().startsWith(SPRING_DATA));
	}

	private boolean canReturn(Method method, RepositoryInformation repository) {
		Class<?> type = ResolvableType.forMethodReturnType(method, repository.getRepositoryInterface())
			.resolve(method.getReturnType());
		Class<?> entity = repository.getDomainType();
		return switch (this) {
			case FIND_BY_ID -> type == Optional.class || type.isAssignableFrom(entity);
			case EXISTS_BY_ID -> type == boolean.class || type == Boolean.class;
			case SAVE, SAVE_AND_FLUSH ->
				type == void.class || type.isAssignableFrom(entity) || entity.isAssignableFrom(type);
			case FIND_ALL_BY_ID -> type.isAssignableFrom(List.class);
			case SAVE_ALL, SAVE_ALL_AND_FLUSH -> type == void.class || type.isAssignableFrom(List.class);
			case DELETE, DELETE_BY_ID, DELETE_ALL, DELETE_ALL_BY_ID -> type == void.class;
			case OTHER -> true;
		};
	}

	/**
	 * Return the value of a call in the form in which a method returns it.
	 * @param method the method
	 * @param value the value
	 * @return what the method returns
	 */
	static @Nullable Object toResult(Method method, @Nullable Object value) {
		Class<?> type = method.getReturnType();
		return (type == Optional.class) ? Optional.ofNullable(value) : (type != void.class) ? value : null;
	}

}
