package io.cachepolicy.jpa.listen;

import java.util.Map;

import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.engine.jdbc.spi.JdbcServices;
import org.hibernate.service.spi.ServiceContributor;
import org.hibernate.service.spi.ServiceRegistryImplementor;

/**
 * Lets Hibernate tell of the statements that it executes. Found by Hibernate. As long as
 * nobody listens, they are executed as ever.
 */
public final class TrackingServiceContributor implements ServiceContributor {

	@Override
	public void contribute(StandardServiceRegistryBuilder builder) {
		builder.addInitiator(new Initiator());
	}

	private static final class Initiator implements StandardServiceInitiator<JdbcServices> {

		@Override
		public Class<JdbcServices> getServiceInitiated() {
			return JdbcServices.class;
		}

		@Override
		public JdbcServices initiateService(Map<String, Object> settings, ServiceRegistryImplementor registry) {
			return new TrackingJdbcServices(registry);
		}

	}

}
