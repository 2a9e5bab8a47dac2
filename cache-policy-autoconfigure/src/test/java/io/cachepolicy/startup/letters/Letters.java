package io.cachepolicy.startup.letters;

import java.util.Optional;

import io.cachepolicy.PolicyCached;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_BACK;

@PolicyCached("letters")
public class Letters {

	private final LetterRepository repository;

	public Letters(LetterRepository repository) {
		this.repository = repository;
	}

	@PolicyCached
	public Optional<Letter> find(long id) {
		return this.repository.findById(id);
	}

	@PolicyCached(operation = WRITE, policy = WRITE_BACK)
	public Letter write(Letter letter) {
		return letter;
	}

	@PolicyCached(operation = WRITE)
	public Letter writeThrough(Letter letter) {
		return letter;
	}

	@PolicyCached(operation = REMOVE, policy = WRITE_BACK)
	public void remove(long id) {
	}

}
