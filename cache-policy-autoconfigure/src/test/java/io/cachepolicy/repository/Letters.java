package io.cachepolicy.repository;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.cachepolicy.PolicyCached;
import io.cachepolicy.PolicyCached.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.annotation.CachePut;

/**
 * A service whose bodies do what they are told.
 */
class Letters {

	private final LetterRepository repository;

	Letters(LetterRepository repository) {
		this.repository = repository;
	}

	@PolicyCached("letters")
	@Nullable Letter find(Long id) {
		return this.repository.findById(id).orElse(null);
	}

	@PolicyCached(value = "letters", operation = Operation.WRITE)
	Letter write(Letter letter, UnaryOperator<Letter> body) {
		return body.apply(letter);
	}

	@PolicyCached(value = "letters", operation = Operation.WRITE)
	Letter writeOften(Letter letter, UnaryOperator<Letter> body) {
		return body.apply(letter);
	}

	@PolicyCached(value = "letters", operation = Operation.WRITE)
	Letter writeWithoutSave(Letter letter) {
		return letter;
	}

	@CachePut(cacheNames = "letters", key = "#p0.id")
	Letter put(Letter letter, UnaryOperator<Letter> body) {
		return body.apply(letter);
	}

	@PolicyCached(value = "letters", operation = Operation.WRITE)
	void writeArgument(Letter letter, Consumer<Letter> body) {
		body.accept(letter);
	}

}
