package io.cachepolicy.faults;

import javax.sql.DataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets flushes of an application fail for a while, by failures of the store, of time and
 * of other transactions that a {@link Plan} chooses. What the application itself asks of
 * its database does not fail. To be registered before the data source.
 */
public final class FlushFaults implements BeanPostProcessor {

	private final Faults faults = new Faults();

	private Plan plan = Plan.ofFlushes(0);

	private int injected;

	/**
	 * Let flushes fail from now on, some times.
	 * @param seed decides how
	 */
	public synchronized void begin(long seed) {
		end();
		this.plan = Plan.ofFlushes(seed);
		this.faults.begin(this.plan);
	}

	public synchronized void end() {
		this.faults.end();
		this.injected += this.plan.injected();
		this.plan = Plan.ofFlushes(0);
	}

	/**
	 * Return how many failures were injected until they ended.
	 * @return the number
	 */
	public synchronized int injected() {
		return this.injected;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? new FaultyDriver(dataSource::getConnection, this.faults)
				: bean;
	}

}
