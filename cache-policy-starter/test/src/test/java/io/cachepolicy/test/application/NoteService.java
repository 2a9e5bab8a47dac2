package io.cachepolicy.test.application;

import java.util.Optional;

import io.cachepolicy.PolicyCached;

import org.springframework.stereotype.Service;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_THROUGH;

@Service
@PolicyCached("notes")
class NoteService {

	private final NoteRepository repository;

	NoteService(NoteRepository repository) {
		this.repository = repository;
	}

	@PolicyCached
	Optional<Note> find(String id) {
		return this.repository.findById(id);
	}

	@PolicyCached(operation = WRITE)
	Note write(Note note) {
		return note;
	}

	@PolicyCached(operation = WRITE, policy = WRITE_THROUGH)
	Note writeNow(Note note) {
		return note;
	}

	@PolicyCached(operation = REMOVE)
	void delete(String id) {
	}

}
