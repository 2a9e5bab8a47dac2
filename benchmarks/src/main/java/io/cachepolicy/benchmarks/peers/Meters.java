package io.cachepolicy.benchmarks.peers;

import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Puts a meter before the data source of an application.
 *
 * @param meter the meter
 */
record Meters(UnaryOperator<DataSource> meter) implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? this.meter.apply(dataSource) : bean;
	}

	void addTo(SpringApplicationBuilder builder) {
		builder.initializers((context) -> context.getBeanFactory().addBeanPostProcessor(this));
	}

}
