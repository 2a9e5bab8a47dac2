package io.cachepolicy.hazelcast;

import com.hazelcast.instance.BuildInfoProvider;
import io.cachepolicy.InvalidPolicyCacheException;

/**
 * Refuses versions of Hazelcast with known holes, which dependency management of the
 * application may have chosen.
 */
final class HazelcastVersion {

	private static final int MAJOR = 5;

	private static final int MINOR = 7;

	private HazelcastVersion() {
	}

	static void check() {
		check(BuildInfoProvider.getBuildInfo().getVersion());
	}

	/**
	 * Check a version.
	 * @param version the version
	 * @throws InvalidPolicyCacheException if it is too old
	 */
	static void check(String version) {
		if (!isSupported(version)) {
			throw new InvalidPolicyCacheException(
					"Hazelcast %s is on the class path, but instances need %d.%d or later, in which a critical hole is closed"
						.formatted(version, MAJOR, MINOR),
					"Spring Boot manages an older version. Set the property 'hazelcast.version' of your build to %d.%d.0 or later, or manage 'com.hazelcast:hazelcast' yourself."
						.formatted(MAJOR, MINOR));
		}
	}

	private static boolean isSupported(String version) {
		String[] parts = version.split("[.-]");
		try {
			int major = Integer.parseInt(parts[0]);
			return major > MAJOR || (major == MAJOR && Integer.parseInt(parts[1]) >= MINOR);
		}
		catch (NumberFormatException | ArrayIndexOutOfBoundsException ex) {
			// A build of its own, whose owner knows
			return true;
		}
	}

}
