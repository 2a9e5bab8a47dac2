package io.cachepolicy.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Leaves properties below {@code cache-policy} to the modules that have them: to each
 * bean of {@link ConfigurationProperties} with a prefix of its own below that one, which
 * tells by itself what it does not know. Other unknown properties still fail the start.
 */
class ModulePropertiesBindHandlerAdvisor implements ConfigurationPropertiesBindHandlerAdvisor {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("cache-policy");

	private final ListableBeanFactory beanFactory;

	ModulePropertiesBindHandlerAdvisor(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public BindHandler apply(BindHandler bindHandler) {
		return new ModulePropertiesBindHandler(bindHandler);
	}

	/**
	 * Return the prefixes of modules. No bean is created to find them.
	 * @return the prefixes below that of this product
	 */
	private List<ConfigurationPropertyName> findPrefixes() {
		List<ConfigurationPropertyName> prefixes = new ArrayList<>();
		for (String beanName : this.beanFactory.getBeanDefinitionNames()) {
			ConfigurationProperties annotation = this.beanFactory.findAnnotationOnBean(beanName,
					ConfigurationProperties.class, false);
			if (annotation != null && PREFIX.isAncestorOf(nameOf(annotation))) {
				prefixes.add(nameOf(annotation));
			}
		}
		return prefixes;
	}

	private static ConfigurationPropertyName nameOf(ConfigurationProperties annotation) {
		ConfigurationPropertyName name = ConfigurationPropertyName.ofIfValid(annotation.prefix());
		return (name != null) ? name : ConfigurationPropertyName.EMPTY;
	}

	/**
	 * Asks for modules only if there are properties that may be theirs.
	 */
	private final class ModulePropertiesBindHandler extends AbstractBindHandler {

		ModulePropertiesBindHandler(BindHandler parent) {
			super(parent);
		}

		@Override
		public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				@Nullable Object result) throws Exception {
			try {
				super.onFinish(name, target, context, result);
			}
			catch (UnboundConfigurationPropertiesException ex) {
				Set<ConfigurationProperty> unknown = new LinkedHashSet<>(ex.getUnboundProperties());
				if (!name.equals(PREFIX) || !removeKnown(unknown)) {
					throw ex;
				}
				if (!unknown.isEmpty()) {
					throw new UnboundConfigurationPropertiesException(unknown);
				}
			}
		}

		private boolean removeKnown(Set<ConfigurationProperty> properties) {
			List<ConfigurationPropertyName> prefixes = findPrefixes();
			return properties.removeIf(
					(property) -> prefixes.stream().anyMatch((prefix) -> prefix.isAncestorOf(property.getName())));
		}

	}

}
