package io.cachepolicy.jpa.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;

import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

import org.springframework.util.ClassUtils;

/**
 * Writes one graph, from one root. An entity that is met for the first time is written
 * with kind, name, fingerprint and id, later by its number alone; its state follows when
 * that of all before it is written, so that a long chain of entities needs no deep stack.
 */
final class GraphWriter implements Output {

	/**
	 * Begins a reference, so that it can be told from other arrays.
	 */
	static final String REFERENCE = "r";

	/**
	 * An instance whose state follows.
	 */
	static final int LOADED = 0;

	/**
	 * A proxy.
	 */
	static final int PROXY = 1;

	/**
	 * An instance of an enhanced class that is a proxy.
	 */
	static final int ENHANCED_PROXY = 2;

	private final Function<Class<?>, EntityForm> forms;

	private final JsonGenerator generator;

	private final Map<Object, Integer> numbers = new IdentityHashMap<>();

	private final Map<String, Integer> names = new HashMap<>();

	private final Deque<Runnable> states = new ArrayDeque<>();

	GraphWriter(Function<Class<?>, EntityForm> forms, JsonGenerator generator) {
		this.forms = forms;
		this.generator = generator;
	}

	void write(Object root) {
		startArray();
		reference(root);
		while (!this.states.isEmpty()) {
			this.states.remove().run();
		}
		endArray();
	}

	@Override
	public void reference(Object value) {
		LazyInitializer proxy = HibernateProxy.extractLazyInitializer(value);
		Object entity = (proxy != null && !proxy.isUninitialized()) ? proxy.getImplementation() : value;
		Integer number = this.numbers.get(entity);
		if (number != null) {
			startArray();
			scalar(REFERENCE);
			this.generator.writeNumber(number.intValue());
			endArray();
			return;
		}
		this.numbers.put(entity, this.numbers.size());
		if (proxy != null && entity == value) {
			EntityForm form = this.forms.apply(proxy.getPersistentClass());
			start(PROXY, form);
			Form.write(this, proxy.getInternalIdentifier(), form.identifier());
		}
		else {
			EntityForm form = this.forms.apply(entity.getClass());
			Object id = form.shape().findIdOfEnhancedProxy(entity);
			start((id != null) ? ENHANCED_PROXY : LOADED, form);
			form.writeId(entity, this);
			if (id != null) {
				Form.write(this, id, form.identifier());
			}
			else {
				this.states.add(() -> form.writeState(entity, this));
			}
		}
		endArray();
	}

	private void start(int kind, EntityForm form) {
		startArray();
		scalar(REFERENCE);
		this.generator.writeNumber(kind);
		String name = form.persister().getEntityName();
		Integer known = this.names.putIfAbsent(name, this.names.size());
		if (known != null) {
			this.generator.writeNumber(known.intValue());
		}
		else {
			this.generator.writeString(name);
			this.generator.writeNumber(form.fingerprint());
		}
	}

	@Override
	public void nothing() {
		this.generator.writeNull();
	}

	@Override
	public void scalar(@Nullable Object value) {
		if (value == null || !Scalars.write(value, this.generator)) {
			throw new UnsupportedMappingException(
					"A value of %s can't be encoded".formatted(ClassUtils.getDescriptiveType(value)));
		}
	}

	@Override
	public void startArray() {
		this.generator.writeStartArray();
	}

	@Override
	public void endArray() {
		this.generator.writeEndArray();
	}

	@Override
	public void startObject() {
		this.generator.writeStartObject();
	}

	@Override
	public void endObject() {
		this.generator.writeEndObject();
	}

	@Override
	public void name(String name) {
		this.generator.writeName(name);
	}

}
