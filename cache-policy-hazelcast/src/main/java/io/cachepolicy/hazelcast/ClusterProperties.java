package io.cachepolicy.hazelcast;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.io.Resource;

/**
 * Configuration properties for several instances that tell each other of changes.
 */
@ConfigurationProperties(prefix = "cache-policy.cluster", ignoreUnknownFields = false)
public class ClusterProperties {

	/**
	 * Whether instances tell each other of changes.
	 */
	private boolean enabled;

	/**
	 * Pause between two signs of life.
	 */
	private Duration heartbeat = Duration.ofSeconds(2);

	/**
	 * Time without a sign of another instance after which its changes may have been
	 * missed, so that clustered caches are cleared.
	 */
	private Duration maxStaleness = Duration.ofSeconds(10);

	/**
	 * Time without a sign of another instance after which it is held for dead. Until then
	 * clustered caches are cleared again and again.
	 */
	private Duration forgetAfter = Duration.ofMinutes(10);

	/**
	 * Name of the topic on which changes travel. Applications that share a Hazelcast
	 * cluster need one each.
	 */
	private String topic = "cache-policy";

	/**
	 * Name of the Hazelcast cluster that is made if the application has no
	 * HazelcastInstance.
	 */
	private String name = "cache-policy";

	/**
	 * Comma-separated list of the addresses at which instances may be, as host or
	 * host:port.
	 */
	private List<String> members = new ArrayList<>();

	/**
	 * Port of the Hazelcast member that is made. Without it, the first free one from 5701
	 * on.
	 */
	private @Nullable Integer port;

	/**
	 * Address, which may end with a wildcard, that the Hazelcast member listens at. All
	 * by default.
	 */
	private @Nullable String address;

	/**
	 * Location of a Hazelcast configuration in YAML or XML for the member that is made,
	 * instead of members and Kubernetes.
	 */
	private @Nullable Resource config;

	private final Kubernetes kubernetes = new Kubernetes();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Duration getHeartbeat() {
		return this.heartbeat;
	}

	public void setHeartbeat(Duration heartbeat) {
		this.heartbeat = heartbeat;
	}

	public Duration getMaxStaleness() {
		return this.maxStaleness;
	}

	public void setMaxStaleness(Duration maxStaleness) {
		this.maxStaleness = maxStaleness;
	}

	public Duration getForgetAfter() {
		return this.forgetAfter;
	}

	public void setForgetAfter(Duration forgetAfter) {
		this.forgetAfter = forgetAfter;
	}

	public String getTopic() {
		return this.topic;
	}

	public void setTopic(String topic) {
		this.topic = topic;
	}

	public String getName() {
		return this.name;
	}

	public void setName(String name) {
		this.name = name;
	}

	public List<String> getMembers() {
		return this.members;
	}

	public void setMembers(List<String> members) {
		this.members = members;
	}

	public @Nullable Integer getPort() {
		return this.port;
	}

	public void setPort(@Nullable Integer port) {
		this.port = port;
	}

	public @Nullable String getAddress() {
		return this.address;
	}

	public void setAddress(@Nullable String address) {
		this.address = address;
	}

	public @Nullable Resource getConfig() {
		return this.config;
	}

	public void setConfig(@Nullable Resource config) {
		this.config = config;
	}

	public Kubernetes getKubernetes() {
		return this.kubernetes;
	}

	/**
	 * How instances find each other in Kubernetes.
	 */
	public static class Kubernetes {

		/**
		 * DNS name of a headless service whose pods are the instances.
		 */
		private @Nullable String serviceDns;

		/**
		 * Name of a service whose pods are the instances, asked of the API of Kubernetes.
		 */
		private @Nullable String serviceName;

		/**
		 * Namespace of the service. That of the pod by default.
		 */
		private @Nullable String namespace;

		public @Nullable String getServiceDns() {
			return this.serviceDns;
		}

		public void setServiceDns(@Nullable String serviceDns) {
			this.serviceDns = serviceDns;
		}

		public @Nullable String getServiceName() {
			return this.serviceName;
		}

		public void setServiceName(@Nullable String serviceName) {
			this.serviceName = serviceName;
		}

		public @Nullable String getNamespace() {
			return this.namespace;
		}

		public void setNamespace(@Nullable String namespace) {
			this.namespace = namespace;
		}

	}

}
