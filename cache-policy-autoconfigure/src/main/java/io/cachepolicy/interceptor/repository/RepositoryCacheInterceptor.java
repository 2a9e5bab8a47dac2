package io.cachepolicy.interceptor.repository;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.OperationViews;
import io.cachepolicy.cache.RepositoryView;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.data.repository.core.RepositoryInformation;

/**
 * Leads the methods of one repository through its cache, outside of their transactions.
 * The cache uses the repository itself, and then calls pass. Thread-safe.
 */
class RepositoryCacheInterceptor implements MethodInterceptor {

	private final PolicyCachedRepository repository;

	private final RepositoryInformation information;

	private final Supplier<? extends PolicyCacheManager> manager;

	private final Map<Method, CrudMethod> methods = new ConcurrentHashMap<>();

	private volatile @Nullable Optional<OperationViews> cache;

	RepositoryCacheInterceptor(PolicyCachedRepository repository, RepositoryInformation information,
			Supplier<? extends PolicyCacheManager> manager) {
		this.repository = repository;
		this.information = information;
		this.manager = manager;
	}

	@Override
	@SuppressWarnings("NullAway") // The interface allows null, but does not say so
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		CrudMethod method = methodOf(invocation.getMethod());
		@Nullable Object argument = (method != CrudMethod.OTHER) ? invocation.getArguments()[0] : null;
		OperationViews cache = (argument != null) ? cache() : null;
		RepositoryView view = (cache != null) ? cache.repository(this.repository.policy()) : null;
		if (argument == null || view == null) {
			return invocation.proceed();
		}
		return switch (method) {
			case FIND_BY_ID, EXISTS_BY_ID -> read(method, List.of(argument), view, invocation);
			case FIND_ALL_BY_ID -> read(method, listOf(argument), view, invocation);
			case OTHER -> invocation.proceed();
			default -> view.isWritable() ? write(method, argument, view, invocation) : invocation.proceed();
		};
	}

	private CrudMethod methodOf(Method method) {
		CrudMethod known = this.methods.get(method);
		return (known != null) ? known
				: this.methods.computeIfAbsent(method, (key) -> CrudMethod.of(key, this.information));
	}

	private static @Nullable Object read(CrudMethod method, @Nullable List<Object> ids, RepositoryView view,
			MethodInvocation invocation) throws Throwable {
		if (ids == null || !view.isAnswering(ids)) {
			return invocation.proceed();
		}
		if (method == CrudMethod.FIND_BY_ID) {
			return CrudMethod.toResult(invocation.getMethod(), view.find(ids.get(0)));
		}
		if (method == CrudMethod.EXISTS_BY_ID) {
			Boolean exists = view.exists(ids.get(0));
			return (exists != null) ? exists : invocation.proceed();
		}
		return view.findAll(ids);
	}

	private static @Nullable Object write(CrudMethod method, Object argument, RepositoryView view,
			MethodInvocation invocation) throws Throwable {
		if (method == CrudMethod.SAVE || method == CrudMethod.SAVE_AND_FLUSH) {
			return CrudMethod.toResult(invocation.getMethod(),
					(method == CrudMethod.SAVE) ? view.save(argument) : view.saveAndFlush(argument));
		}
		if (method == CrudMethod.DELETE) {
			view.delete(List.of(argument), () -> proceed(invocation));
			return null;
		}
		if (method == CrudMethod.DELETE_BY_ID) {
			view.deleteByIds(List.of(argument), () -> proceed(invocation));
			return null;
		}
		List<Object> arguments = listOf(argument);
		return (arguments != null && !arguments.isEmpty()) ? writeAll(method, arguments, view, invocation)
				: invocation.proceed();
	}

	private static @Nullable Object writeAll(CrudMethod method, List<Object> arguments, RepositoryView view,
			MethodInvocation invocation) {
		return switch (method) {
			case SAVE_ALL -> CrudMethod.toResult(invocation.getMethod(), view.saveAll(arguments));
			case SAVE_ALL_AND_FLUSH -> CrudMethod.toResult(invocation.getMethod(), view.saveAllAndFlush(arguments));
			case DELETE_ALL -> {
				view.delete(arguments, () -> proceed(invocation));
				yield null;
			}
			default -> {
				view.deleteByIds(arguments, () -> proceed(invocation));
				yield null;
			}
		};
	}

	/**
	 * Return the elements of an argument.
	 * @param argument the argument
	 * @return the elements, {@code null} if there is an empty one, which the repository
	 * refuses as it likes
	 */
	private static @Nullable List<Object> listOf(Object argument) {
		List<Object> elements = new ArrayList<>();
		((Iterable<?>) argument).forEach(elements::add);
		return elements.stream().allMatch(Objects::nonNull) ? elements : null;
	}

	private static void proceed(MethodInvocation invocation) {
		try {
			invocation.proceed();
		}
		catch (Throwable ex) {
			throw RepositoryCacheInterceptor.<RuntimeException>rethrow(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> E rethrow(Throwable ex) throws E {
		throw (E) ex;
	}

	// No lock is held, as the manager may have to be created
	private @Nullable OperationViews cache() {
		Optional<OperationViews> cache = this.cache;
		if (cache == null) {
			PolicyCacheManager manager = this.manager.get();
			if (manager instanceof ConfigurablePolicyCacheManager configurable) {
				// A repository may be used before all of them are declared
				PolicyCachedRepositories.declare(this.repository, configurable);
			}
			cache = Optional.ofNullable(manager.getCache(this.repository.cacheName()))
				.filter(OperationViews.class::isInstance)
				.map(OperationViews.class::cast);
			this.cache = cache;
		}
		return cache.orElse(null);
	}

}
