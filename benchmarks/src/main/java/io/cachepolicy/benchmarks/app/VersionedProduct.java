package io.cachepolicy.benchmarks.app;

import jakarta.persistence.Entity;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * An entity with a version.
 */
@Entity
public class VersionedProduct extends AbstractProduct {

	@Version
	private @Nullable Long version;

	public @Nullable Long getVersion() {
		return this.version;
	}

}
