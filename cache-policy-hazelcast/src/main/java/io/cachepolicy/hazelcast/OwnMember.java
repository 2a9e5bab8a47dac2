package io.cachepolicy.hazelcast;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.KubernetesConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.config.YamlConfigBuilder;
import io.cachepolicy.InvalidPolicyCacheException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.util.StringUtils;

/**
 * The Hazelcast member that is made if the application has no instance: it looks for
 * others only where it is told to, and tells nobody of itself.
 */
final class OwnMember {

	private final ClusterProperties properties;

	OwnMember(ClusterProperties properties) {
		this.properties = properties;
	}

	/**
	 * Make the configuration.
	 * @return the configuration
	 * @throws InvalidPolicyCacheException if nothing says where other instances are
	 */
	Config toConfig() {
		Resource resource = this.properties.getConfig();
		Config config = (resource != null) ? load(resource) : create();
		setIfAbsent(config, "hazelcast.phone.home.enabled", "false");
		// The context stops it, after the caches
		setIfAbsent(config, "hazelcast.shutdownhook.enabled", "false");
		setIfAbsent(config, "hazelcast.logging.type", "slf4j");
		return config;
	}

	private static Config load(Resource resource) {
		Config config = read(resource);
		JoinConfig join = (config.getAdvancedNetworkConfig().isEnabled()) ? config.getAdvancedNetworkConfig().getJoin()
				: config.getNetworkConfig().getJoin();
		if (join.isAutoDetectionEnabled()) {
			// Hazelcast's default, which ends with multicast
			throw new InvalidPolicyCacheException(
					"Property 'cache-policy.cluster.config' names %s, which does not say where other instances are"
						.formatted(resource),
					"Enable what is to find them under 'hazelcast.network.join' there, such as 'tcp-ip' or 'kubernetes'.");
		}
		return config;
	}

	private static Config read(Resource resource) {
		String name = String.valueOf(resource.getFilename()).toLowerCase(Locale.ROOT);
		try (InputStream in = resource.getInputStream()) {
			return (name.endsWith(".xml")) ? new XmlConfigBuilder(in).build() : new YamlConfigBuilder(in).build();
		}
		catch (IOException | RuntimeException ex) {
			throw new InvalidPolicyCacheException(
					"Property 'cache-policy.cluster.config' names %s, which can't be read: %s".formatted(resource,
							ex.getMessage()),
					"Name a Hazelcast configuration in YAML or XML, such as 'classpath:hazelcast.yaml'.", ex);
		}
	}

	private Config create() {
		Config config = new Config();
		config.setClusterName(this.properties.getName());
		NetworkConfig network = config.getNetworkConfig();
		if (this.properties.getPort() != null) {
			network.setPort(this.properties.getPort());
		}
		if (StringUtils.hasText(this.properties.getAddress())) {
			network.getInterfaces().setEnabled(true).addInterface(this.properties.getAddress());
			config.setProperty("hazelcast.socket.bind.any", "false");
		}
		join(network.getJoin());
		// A part that was cut off comes back soon, and a member that hangs is left alone
		setIfAbsent(config, "hazelcast.merge.first.run.delay.seconds", "10");
		setIfAbsent(config, "hazelcast.merge.next.run.delay.seconds", "10");
		setIfAbsent(config, "hazelcast.heartbeat.interval.seconds", "2");
		setIfAbsent(config, "hazelcast.max.no.heartbeat.seconds", "20");
		setIfAbsent(config, "hazelcast.wait.seconds.before.join", "0");
		// There is no data: a few threads do
		setIfAbsent(config, "hazelcast.partition.count", "11");
		setIfAbsent(config, "hazelcast.operation.thread.count", "2");
		setIfAbsent(config, "hazelcast.operation.generic.thread.count", "2");
		setIfAbsent(config, "hazelcast.event.thread.count", "2");
		return config;
	}

	private void join(JoinConfig join) {
		join.getAutoDetectionConfig().setEnabled(false);
		join.getMulticastConfig().setEnabled(false);
		ClusterProperties.Kubernetes kubernetes = this.properties.getKubernetes();
		boolean inKubernetes = StringUtils.hasText(kubernetes.getServiceDns())
				|| StringUtils.hasText(kubernetes.getServiceName());
		if (!this.properties.getMembers().isEmpty() && !inKubernetes) {
			join.getTcpIpConfig().setEnabled(true).setMembers(this.properties.getMembers());
		}
		else if (inKubernetes && this.properties.getMembers().isEmpty()) {
			KubernetesConfig config = join.getKubernetesConfig();
			config.setEnabled(true);
			setIfPresent(config, "service-dns", kubernetes.getServiceDns());
			setIfPresent(config, "service-name", kubernetes.getServiceName());
			setIfPresent(config, "namespace", kubernetes.getNamespace());
		}
		else if (inKubernetes) {
			throw new InvalidPolicyCacheException(
					"Both 'cache-policy.cluster.members' and 'cache-policy.cluster.kubernetes' say where other instances are",
					"Remove one of them.");
		}
		else {
			throw new InvalidPolicyCacheException(
					"Property 'cache-policy.cluster.enabled' is true, but nothing says where other instances are",
					"Set 'cache-policy.cluster.members' to their addresses, or 'cache-policy.cluster.kubernetes.service-dns' to a headless service, or 'cache-policy.cluster.config' to a Hazelcast configuration, or define a HazelcastInstance bean.");
		}
	}

	private static void setIfPresent(KubernetesConfig config, String name, @Nullable String value) {
		if (StringUtils.hasText(value)) {
			config.setProperty(name, value);
		}
	}

	private static void setIfAbsent(Config config, String name, String value) {
		if (config.getProperty(name) == null && System.getProperty(name) == null) {
			config.setProperty(name, value);
		}
	}

}
