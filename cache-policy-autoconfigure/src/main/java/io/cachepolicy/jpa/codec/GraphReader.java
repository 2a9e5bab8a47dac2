package io.cachepolicy.jpa.codec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads one graph that a {@link GraphWriter} wrote. Collections are filled last, when all
 * the state is there on which {@code hashCode} and {@code compareTo} of their elements
 * may depend.
 */
final class GraphReader implements Input {

	private final Function<String, @Nullable EntityForm> forms;

	private final JsonParser parser;

	private final List<Object> entities = new ArrayList<>();

	private final List<Named> names = new ArrayList<>();

	private final Deque<Runnable> states = new ArrayDeque<>();

	private final List<Runnable> contents = new ArrayList<>();

	GraphReader(Function<String, @Nullable EntityForm> forms, JsonParser parser) {
		this.forms = forms;
		this.parser = parser;
	}

	Object read() {
		expect(JsonToken.START_ARRAY);
		this.parser.nextToken();
		Object root = reference();
		while (!this.states.isEmpty()) {
			this.parser.nextToken();
			this.states.remove().run();
		}
		if (this.parser.nextToken() != JsonToken.END_ARRAY) {
			throw new IllegalArgumentException("The graph does not end where it should");
		}
		this.contents.forEach(Runnable::run);
		return root;
	}

	@Override
	public Object reference() {
		expect(JsonToken.START_ARRAY);
		if (this.parser.nextToken() != JsonToken.VALUE_STRING
				|| !GraphWriter.REFERENCE.equals(this.parser.getString())) {
			throw new IllegalArgumentException("A value has become an entity");
		}
		return readReference((name) -> {
			throw new IllegalArgumentException("There is no entity " + name + " any more");
		});
	}

	/**
	 * Read what follows the mark of a reference.
	 * @param unknown told of an entity that is gone, may throw an exception
	 * @return the entity, or what stands for it
	 */
	private Object readReference(Consumer<String> unknown) {
		this.parser.nextToken();
		int kind = number();
		if (this.parser.nextToken() == JsonToken.END_ARRAY) {
			return this.entities.get(kind);
		}
		Named named = readName();
		this.parser.nextToken();
		EntityForm form = named.form();
		if (form == null) {
			unknown.accept(named.name());
			return skipEntity(kind, named);
		}
		Object entity = (kind == GraphWriter.PROXY) ? readProxy(form) : readEntity(kind, form, named.fingerprint());
		this.parser.nextToken();
		expect(JsonToken.END_ARRAY);
		return entity;
	}

	private Named readName() {
		if (this.parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
			return this.names.get(this.parser.getIntValue());
		}
		String name = (String) scalar(String.class);
		this.parser.nextToken();
		Named named = new Named(name, this.forms.apply(name), number());
		this.names.add(named);
		return named;
	}

	/**
	 * Leave out an entity that is gone. It keeps its number.
	 * @param kind what follows
	 * @param named the class of the entity
	 * @return what stands for the entity
	 */
	private Object skipEntity(int kind, Named named) {
		this.entities.add(named);
		skipElements();
		if (kind == GraphWriter.LOADED) {
			this.states.add(this::skip);
		}
		return named;
	}

	private Object readProxy(EntityForm form) {
		int position = this.entities.size();
		Object id = required(Form.read(this, form.identifier(), this));
		Object proxy = required(form.persister().createProxy(id, null));
		this.entities.add(position, proxy);
		return proxy;
	}

	private Object readEntity(int kind, EntityForm form, int fingerprint) {
		Object entity = form.shape().instantiate();
		this.entities.add(entity);
		form.readId(entity, this);
		if (kind == GraphWriter.ENHANCED_PROXY) {
			this.parser.nextToken();
			form.shape().makeEnhancedProxy(entity, required(Form.read(this, form.identifier(), entity)));
		}
		else {
			this.states.add(() -> form.readState(entity, fingerprint, this));
		}
		return entity;
	}

	private int number() {
		expect(JsonToken.VALUE_NUMBER_INT);
		return this.parser.getIntValue();
	}

	private void expect(JsonToken token) {
		if (this.parser.currentToken() != token) {
			throw new IllegalArgumentException("%s is where %s should be".formatted(this.parser.currentToken(), token));
		}
	}

	@Override
	public boolean isNothing() {
		return this.parser.currentToken() == JsonToken.VALUE_NULL;
	}

	@Override
	public Object scalar(Class<?> type) {
		return Scalars.convert(Scalars.read(this.parser), type);
	}

	@Override
	public Object scalarWithType() {
		return Scalars.read(this.parser);
	}

	@Override
	public Object required(@Nullable Object value) {
		if (value == null) {
			throw new IllegalArgumentException("A value is missing");
		}
		return value;
	}

	@Override
	public boolean isObject() {
		return this.parser.currentToken() == JsonToken.START_OBJECT;
	}

	@Override
	public void skip() {
		if (isObject()) {
			fields((name) -> skip());
		}
		else if (this.parser.currentToken() == JsonToken.START_ARRAY) {
			if (this.parser.nextToken() == JsonToken.VALUE_STRING
					&& GraphWriter.REFERENCE.equals(this.parser.getString())) {
				// Others may refer to it by its number, and its state follows
				readReference((name) -> {
				});
			}
			else {
				skipElements();
			}
		}
	}

	private void skipElements() {
		while (this.parser.currentToken() != JsonToken.END_ARRAY) {
			requireToken();
			skip();
			this.parser.nextToken();
		}
	}

	@Override
	public void elements(String mark, Runnable element) {
		expect(JsonToken.START_ARRAY);
		if (this.parser.nextToken() != JsonToken.VALUE_STRING || !mark.equals(this.parser.getString())) {
			throw new IllegalArgumentException("A collection has become another one");
		}
		readElements(element);
	}

	@Override
	public void elements(Runnable element) {
		expect(JsonToken.START_ARRAY);
		readElements(element);
	}

	private void readElements(Runnable element) {
		while (this.parser.nextToken() != JsonToken.END_ARRAY) {
			requireToken();
			element.run();
		}
	}

	@Override
	public void fields(Consumer<String> field) {
		expect(JsonToken.START_OBJECT);
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			requireToken();
			String name = this.parser.currentName();
			this.parser.nextToken();
			field.accept(name);
		}
	}

	private void requireToken() {
		if (this.parser.currentToken() == null) {
			throw new IllegalArgumentException("The bytes end too early");
		}
	}

	@Override
	public void atLast(Runnable content) {
		this.contents.add(content);
	}

	/**
	 * An entity class that the graph names.
	 *
	 * @param name its name
	 * @param form how its instances are read, {@code null} if it is gone
	 * @param fingerprint what it was like
	 */
	private record Named(String name, @Nullable EntityForm form, int fingerprint) {

	}

}
