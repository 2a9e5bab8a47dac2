package io.cachepolicy.jpa;

import java.util.List;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.settings.CacheSpec;

/**
 * What the settings of a cache say of its store, and how they can be wrong.
 */
final class Settings {

	private final CacheSpec spec;

	Settings(CacheSpec spec) {
		this.spec = spec;
	}

	private String property(String name) {
		return CacheSpec.propertiesOf(this.spec.name()) + "." + name;
	}

	void requireNoRepositoryBeside(String store) {
		if (this.spec.repository() == null && this.spec.entity() == null) {
			return;
		}
		String other = property((this.spec.repository() != null) ? "repository" : "entity");
		throw new InvalidPolicyCacheException(
				"Cache '%s' has two stores: the CacheStore '%s' and that of '%s'".formatted(this.spec.name(), store,
						other),
				"Remove '%s', or %s.".formatted(other, (this.spec.store() != null)
						? "remove '%s'".formatted(property("store")) : "give the CacheStore bean another name"));
	}

	void requireEntity(Class<?> entity, String repository) {
		Class<?> configured = this.spec.entity();
		if (configured != null && configured != entity) {
			throw new InvalidPolicyCacheException(
					"'%s' is %s, but the repository '%s' of '%s' is one of %s".formatted(property("entity"),
							configured.getName(), repository, property("repository"), entity.getName()),
					"Remove '%s', or name a repository of that entity.".formatted(property("entity")));
		}
	}

	InvalidPolicyCacheException noSuchBean(String property, String name, String kind) {
		return new InvalidPolicyCacheException(
				"'%s' names the bean '%s', which does not exist".formatted(property(property), name),
				"Correct the name, or define a %s bean with it.".formatted(kind));
	}

	InvalidPolicyCacheException wrongBean(String property, String name, String expected) {
		boolean configured = name.equals(this.spec.repository()) || name.equals(this.spec.store());
		String given = configured ? property(property) : property("entity");
		return new InvalidPolicyCacheException(
				"'%s' leads to the bean '%s', which is not %s".formatted(given, name, expected),
				"Set '%s' to the name of a bean that is %s.".formatted(property(property), expected));
	}

	InvalidPolicyCacheException notAnEntity(Class<?> entity) {
		return new InvalidPolicyCacheException(
				"'%s' is %s, which is not an entity of any EntityManagerFactory".formatted(property("entity"),
						entity.getName()),
				"Name a JPA entity, or set '%s' to the name of a CacheStore bean.".formatted(property("store")));
	}

	InvalidPolicyCacheException severalRepositories(Class<?> entity, List<String> names) {
		return new InvalidPolicyCacheException(
				"Cache '%s' can't choose between the repositories of %s: %s".formatted(this.spec.name(),
						entity.getName(), String.join(", ", names)),
				"Set '%s' to one of them.".formatted(property("repository")));
	}

}
